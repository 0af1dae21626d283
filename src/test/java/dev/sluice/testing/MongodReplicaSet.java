package dev.sluice.testing;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.ReadPreference;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.bson.Document;

/**
 * A private replica set of three {@code mongod} processes on free ports of 127.0.0.1, with a
 * directory of its own. Nothing of it is left when it closes or this JVM dies.
 */
public final class MongodReplicaSet implements AutoCloseable {
  static final String NAME = "my-replica-set";
  static final int MEMBERS = 3;

  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration ELECTION_LIMIT = Duration.ofMinutes(3);

  /** {@code replSetInitiate} says so when somebody did it before. */
  private static final int ALREADY_INITIALIZED = 23;

  private final Path mongod;
  private final Leash leash;
  private final List<Integer> ports;
  private final List<Process> members = new ArrayList<>();

  private MongodReplicaSet(Path mongod, Leash leash, List<Integer> ports) {
    this.mongod = mongod;
    this.leash = leash;
    this.ports = ports;
  }

  /** Starts the processes, makes them a replica set, and returns when it has a primary. */
  static MongodReplicaSet launch(Path mongod) {
    Leash leash = Leash.onDirectory("sluice-mongod-");
    try {
      MongodReplicaSet set = new MongodReplicaSet(mongod, leash, FreePorts.take(MEMBERS));
      for (int port : set.ports) {
        set.members.add(set.spawn(port));
        set.tellLeash();
      }
      for (int member = 0; member < MEMBERS; member++) {
        set.awaitListening(member);
      }
      initiate(set.ports);
      return set;
    } catch (RuntimeException e) {
      leash.close();
      throw e;
    }
  }

  String uri() {
    return uri(ports);
  }

  /** The members' ports, in the order of their numbers. */
  public List<Integer> ports() {
    return ports;
  }

  /** What its members are called, in the order of their numbers. */
  List<String> hosts() {
    return ports.stream().map(port -> "localhost:" + port).toList();
  }

  /** SIGKILL, as if the machine had lost its power; returns when the process is gone. */
  public synchronized void kill(int member) {
    members.get(member).destroyForcibly().onExit().join();
    tellLeash();
  }

  /** Starts a killed member again, on its port and its data. */
  public synchronized void start(int member) {
    if (!members.get(member).isAlive()) {
      members.set(member, spawn(ports.get(member)));
      tellLeash();
      awaitListening(member);
    }
  }

  /** SIGSTOP: the member's connections stay open and nobody answers on them. */
  void pause(int member) {
    signal(member, "-STOP");
  }

  /** Ends a pause. */
  void unpause(int member) {
    signal(member, "-CONT");
  }

  private void signal(int member, String signal) {
    String pid = Long.toString(members.get(member).pid());
    try {
      Process kill = new ProcessBuilder("kill", signal, pid).inheritIO().start();
      if (kill.waitFor() != 0) {
        throw new IllegalStateException("kill " + signal + " " + pid + " has failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void tellLeash() {
    leash.holds(members.toArray(Process[]::new));
  }

  @Override
  public void close() {
    leash.close();
  }

  static String uri(List<Integer> ports) {
    return ports.stream()
        .map(port -> "localhost:" + port)
        .collect(Collectors.joining(",", "mongodb://", "/?replicaSet=" + NAME));
  }

  /** What a member is started with, wherever it runs. */
  static List<String> options(int port, String dataDirectory) {
    return List.of(
        "--replSet",
        NAME,
        "--port",
        Integer.toString(port),
        "--dbpath",
        dataDirectory,
        // Three of them share a small machine with a build.
        "--wiredTigerCacheSizeGB",
        "0.25",
        "--oplogSize",
        "128",
        // For the failpoints of the fault tests.
        "--setParameter",
        "enableTestCommands=1");
  }

  /** Idempotent; the members are {@code localhost:port}, from wherever they are seen. */
  static void initiate(List<Integer> ports) {
    List<Document> members = new ArrayList<>();
    for (int port : ports) {
      members.add(new Document("_id", members.size()).append("host", "localhost:" + port));
    }
    Document config =
        new Document("_id", NAME)
            .append("members", members)
            .append("settings", new Document("electionTimeoutMillis", 2_000));
    String direct = "mongodb://localhost:" + ports.get(0) + "/?directConnection=true";
    try (MongoClient client = connect(direct)) {
      client.getDatabase("admin").runCommand(new Document("replSetInitiate", config));
    } catch (MongoCommandException e) {
      if (e.getErrorCode() != ALREADY_INITIALIZED) {
        throw e;
      }
    }
    // Server selection is the wait: it returns with the first primary.
    try (MongoClient client = connect(uri(ports))) {
      client.getDatabase("admin").runCommand(new Document("ping", 1), ReadPreference.primary());
    }
  }

  private void awaitListening(int member) {
    int port = ports.get(member);
    Awaitility.await()
        .atMost(START_LIMIT)
        .pollInSameThread()
        .until(() -> listens(port) || !members.get(member).isAlive());
    if (!members.get(member).isAlive()) {
      throw new IllegalStateException("A mongod ended at once:\n" + log(port));
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private String log(int port) {
    try {
      return Files.readString(leash.directory().resolve(port + ".log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static MongoClient connect(String uri) {
    return MongoClients.create(
        MongoClientSettings.builder()
            .applyConnectionString(new ConnectionString(uri))
            .applyToClusterSettings(
                cluster ->
                    cluster.serverSelectionTimeout(
                        ELECTION_LIMIT.toMillis(), TimeUnit.MILLISECONDS))
            .build());
  }

  private Process spawn(int port) {
    try {
      Path directory = leash.directory();
      Path data = Files.createDirectories(directory.resolve(Integer.toString(port)));
      List<String> command = new ArrayList<>(OwnSession.PREFIX);
      command.add(mongod.toString());
      command.addAll(options(port, data.toString()));
      command.addAll(List.of("--bind_ip", "127.0.0.1", "--nounixsocket"));
      File log = directory.resolve(port + ".log").toFile();
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
