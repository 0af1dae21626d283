package dev.sluice.embedded;

import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.Fault;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * What stands in for {@code mongod} where no image of MongoDB can be fetched: with it, CI starts
 * docker-compose.yaml by a real Docker engine. It takes the command line of a member and keeps its
 * data below {@code --dbpath}, but it is the embedded replica set, no MongoDB, and nothing here
 * replicates.
 *
 * <p>Three members share one network, as the compose file has it. One of the processes keeps the
 * set, which is the first to come or the one that has its data; each member holds a connection to
 * it, and that member's node is there for as long as it does: a stopped container is a killed node.
 * A port answers nothing until all three have come. The process that keeps the set must not be the
 * one that is stopped; in the compose file {@code mongo1} comes last and never is.
 */
public final class ContainerMember {
  private static final int MEMBERS = 3;

  /** Beside 27017 to 27020, which MongoDB's programs use. */
  private static final int KEEPER_PORT = 27_099;

  /** How long one without data looks for one that has some. */
  private static final int LOOK_MS = 3_000;

  private static final int LOOK_AGAIN_MS = 100;

  private final String name;
  private final Path data;
  private final Map<Integer, ServerSocket> early = new TreeMap<>();
  private final Map<Integer, Fault> away = new HashMap<>();
  private EmbeddedReplicaSet set;

  private ContainerMember(String name, Path data) {
    this.name = name;
    this.data = data;
  }

  public static void main(String[] arguments) throws Exception {
    Map<String, String> options = options(List.of(arguments));
    int port = Integer.parseInt(options.getOrDefault("--port", "27017"));
    Path data = Path.of(options.getOrDefault("--dbpath", "/data/db"), "embedded");
    InetSocketAddress keeper = new InetSocketAddress(InetAddress.getLoopbackAddress(), KEEPER_PORT);
    long until = System.currentTimeMillis() + (Files.exists(data) ? 0 : LOOK_MS);
    while (true) {
      try (Socket held = new Socket()) {
        held.connect(keeper);
        held.getOutputStream().write((port + "\n").getBytes(StandardCharsets.US_ASCII));
        System.out.println("member " + port + " is there; the set is kept by another process");
        // Nothing is ever written: it ends with the process that keeps the set.
        held.getInputStream().read();
        System.exit(1);
      } catch (IOException nobody) {
        if (System.currentTimeMillis() >= until) {
          new ContainerMember(options.get("--replSet"), data).keep(keeper, port);
        }
        Thread.sleep(LOOK_AGAIN_MS);
      }
    }
  }

  /** {@code --name=value}, {@code --name value} and {@code --name}. */
  private static Map<String, String> options(List<String> arguments) {
    Map<String, String> options = new HashMap<>();
    String last = "";
    for (String argument : arguments) {
      if (argument.startsWith("--")) {
        String[] pair = argument.split("=", 2);
        last = pair[0];
        options.put(last, pair.length == 2 ? pair[1] : "");
      } else {
        options.put(last, argument);
      }
    }
    return options;
  }

  /** Returns only if another process has come first. */
  private void keep(InetSocketAddress address, int own) throws IOException {
    try (ServerSocket members = new ServerSocket()) {
      try {
        members.bind(address);
      } catch (IOException taken) {
        return;
      }
      System.out.println("member " + own + " keeps the set: embedded, not a MongoDB");
      Runtime.getRuntime().addShutdownHook(new Thread(this::close));
      try (Socket self = new Socket(address.getAddress(), address.getPort())) {
        self.getOutputStream().write((own + "\n").getBytes(StandardCharsets.US_ASCII));
        while (true) {
          Socket member = members.accept();
          Thread watch = new Thread(() -> watch(member), "member");
          watch.setDaemon(true);
          watch.start();
        }
      }
    }
  }

  /** Has the member's node run until the member is gone. */
  private void watch(Socket member) {
    try (member) {
      BufferedReader said =
          new BufferedReader(
              new InputStreamReader(member.getInputStream(), StandardCharsets.US_ASCII));
      int port = Integer.parseInt(said.readLine());
      come(port);
      try {
        said.readLine();
      } finally {
        go(port);
      }
    } catch (IOException gone) {
      System.out.println("a member is gone: " + gone.getMessage());
    }
  }

  private synchronized void come(int port) throws IOException {
    System.out.println("member " + port + " is there");
    if (set != null) {
      Fault fault = away.remove(port);
      if (fault != null) {
        fault.close();
      }
      return;
    }
    if (early.size() < MEMBERS - 1) {
      early.put(port, new ServerSocket(port));
      return;
    }
    List<Integer> ports = Stream.concat(early.keySet().stream(), Stream.of(port)).sorted().toList();
    for (ServerSocket socket : early.values()) {
      socket.close();
    }
    set =
        EmbeddedReplicaSet.builder()
            .name(name)
            .address("0.0.0.0")
            .ports(ports.get(0), ports.get(1), ports.get(2))
            .dataDirectory(data)
            .start();
  }

  private synchronized void go(int port) throws IOException {
    System.out.println("member " + port + " is gone");
    if (set != null) {
      away.put(port, set.faults().kill(set.ports().indexOf(port)));
    } else if (early.containsKey(port)) {
      early.remove(port).close();
    }
  }

  /** Writes what is not written yet. */
  private synchronized void close() {
    if (set != null) {
      set.close();
    }
  }
}
