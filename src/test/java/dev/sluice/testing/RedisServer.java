package dev.sluice.testing;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A private Redis of what Debian installs. */
public final class RedisServer implements AutoCloseable {
  public static final String PASSWORD = "p@ss/word%";

  private static final Path SERVER = Path.of("/usr/bin/redis-server");
  private static final int PING_MILLIS = 1000;

  private final StoreServer server = new StoreServer("redis", this::serves);
  private final List<String> more;

  private RedisServer(List<String> more) {
    this.more = more;
  }

  /** Whether it is installed. */
  public static boolean isInstalled() {
    return Files.isExecutable(SERVER);
  }

  /**
   * A new one that serves, for the asking test.
   *
   * @param more settings, as on the command line
   */
  public static RedisServer launch(String... more) {
    RedisServer redis = new RedisServer(List.of(more));
    try {
      redis.start();
      ServersUnderTest.note("stores", true, "a private Redis of " + SERVER);
      return redis;
    } catch (RuntimeException e) {
      redis.server.close();
      throw e;
    }
  }

  /** Starts it, also again, on the same port and data. */
  public void start() {
    List<String> command = new ArrayList<>();
    command.addAll(
        List.of(
            SERVER.toString(),
            "--bind",
            StoreServer.HOST,
            "--port",
            Integer.toString(server.port()),
            "--dir",
            server.directory().toString(),
            "--requirepass",
            PASSWORD,
            "--appendonly",
            "yes",
            "--appendfsync",
            "always"));
    command.addAll(more);
    server.start(command);
  }

  /** It answers with an error while it still loads its data. */
  private boolean serves() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(StoreServer.HOST, server.port()), PING_MILLIS);
      socket.setSoTimeout(PING_MILLIS);
      String commands =
          "*2\r\n$4\r\nAUTH\r\n$" + PASSWORD.length() + "\r\n" + PASSWORD + "\r\nPING\r\n";
      socket.getOutputStream().write(commands.getBytes(StandardCharsets.US_ASCII));
      String answers = "+OK\r\n+PONG\r\n";
      byte[] read = socket.getInputStream().readNBytes(answers.length());
      return new String(read, StandardCharsets.US_ASCII).equals(answers);
    } catch (IOException notYet) {
      return false;
    }
  }

  /** At once and without a word, as a crash. */
  public void kill() {
    server.stop("KILL");
  }

  public int port() {
    return server.port();
  }

  /** {@code host:port}. */
  public String place() {
    return StoreServer.HOST + ":" + server.port();
  }

  @Override
  public void close() {
    server.close();
  }
}
