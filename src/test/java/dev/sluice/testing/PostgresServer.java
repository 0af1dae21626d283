package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A private PostgreSQL of what Debian installs. */
public final class PostgresServer implements AutoCloseable {
  public static final String USER = "sluice";
  public static final String PASSWORD = "p@ss/word%";

  /** It refuses to run as root: then nobody runs it. */
  private static final List<String> AS_NOBODY =
      List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups");

  private final Path binaries;
  private final StoreServer server;

  private PostgresServer(Path binaries) {
    this.binaries = binaries;
    this.server = new StoreServer("postgresql", this::serves);
  }

  /** Whether it is installed. */
  public static boolean isInstalled() {
    return binaries().isPresent();
  }

  private static Optional<Path> binaries() {
    Path versions = Path.of("/usr/lib/postgresql");
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(versions)) {
      return all.map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(
              Comparator.comparing(
                  bin -> Integer.parseInt(bin.getParent().getFileName().toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new one that serves, for the asking test. */
  public static PostgresServer launch() {
    PostgresServer postgres = new PostgresServer(binaries().orElseThrow());
    try {
      postgres.create();
      postgres.start();
      ServersUnderTest.note("stores", true, "a private PostgreSQL of " + postgres.binaries);
      return postgres;
    } catch (IOException e) {
      postgres.server.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      postgres.server.close();
      throw e;
    }
  }

  private void create() throws IOException {
    Path password = server.directory().resolve("password");
    Files.writeString(password, PASSWORD);
    if (isRoot()) {
      server.run(List.of("chown", "-R", "nobody:nogroup", server.directory().toString()));
    }
    server.run(
        command(
            "initdb",
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--auth=scram-sha-256",
            "--pwfile=" + password,
            "--username=" + USER,
            data()));
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private String data() {
    return server.directory().resolve("data").toString();
  }

  private List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>(isRoot() ? AS_NOBODY : List.of());
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Starts it, also again, on the same port and data. */
  public void start() {
    server.start(
        command(
            "postgres",
            "-D",
            data(),
            "-p",
            Integer.toString(server.port()),
            "-c",
            "listen_addresses=" + StoreServer.HOST,
            "-c",
            "unix_socket_directories=",
            "-c",
            "shared_buffers=16MB",
            // What the tests stop is a process, never the machine.
            "-c",
            "fsync=off"));
  }

  private boolean serves() {
    try (Connection connection = connect()) {
      return connection.isValid(1);
    } catch (SQLException notYet) {
      return false;
    }
  }

  /** In order, but without waiting for anybody: it lets go of what it shares with its children. */
  public void stop() {
    server.stop("INT");
  }

  public int port() {
    return server.port();
  }

  /** {@code host:port/database}. */
  public String place() {
    return StoreServer.HOST + ":" + server.port() + "/postgres";
  }

  public Connection connect() throws SQLException {
    return DriverManager.getConnection("jdbc:postgresql://" + place(), USER, PASSWORD);
  }

  @Override
  public void close() {
    if (server.isRunning()) {
      stop();
    }
    server.close();
  }
}
