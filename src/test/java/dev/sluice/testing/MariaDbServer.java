package dev.sluice.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/** A private MariaDB of what Debian installs. */
public final class MariaDbServer implements AutoCloseable {
  public static final String USER = "root";

  private static final Path SERVER = Path.of("/usr/sbin/mariadbd");
  private static final Path INSTALLER = Path.of("/usr/bin/mariadb-install-db");

  private final StoreServer server = new StoreServer("mariadb", this::serves);

  private MariaDbServer() {}

  /** Whether it is installed. */
  public static boolean isInstalled() {
    return Files.isExecutable(SERVER) && Files.isExecutable(INSTALLER);
  }

  /** A new one that serves, for the asking test. */
  public static MariaDbServer launch() {
    MariaDbServer mariaDb = new MariaDbServer();
    try {
      mariaDb.server.run(
          List.of(
              INSTALLER.toString(),
              "--no-defaults",
              "--datadir=" + mariaDb.data(),
              "--auth-root-authentication-method=normal",
              "--skip-test-db",
              "--skip-name-resolve",
              "--user=" + System.getProperty("user.name")));
      mariaDb.start();
      ServersUnderTest.note("stores", true, "a private MariaDB of " + SERVER);
      return mariaDb;
    } catch (RuntimeException e) {
      mariaDb.server.close();
      throw e;
    }
  }

  private Path data() {
    return server.directory().resolve("data");
  }

  /** Starts it, also again, on the same port and data. */
  public void start() {
    server.start(
        List.of(
            SERVER.toString(),
            "--no-defaults",
            "--datadir=" + data(),
            "--user=" + System.getProperty("user.name"),
            "--bind-address=" + StoreServer.HOST,
            "--port=" + server.port(),
            "--socket=" + server.directory().resolve("socket"),
            "--skip-name-resolve",
            "--innodb-buffer-pool-size=32M",
            // What it does with a document that is larger, with a small one.
            "--max-allowed-packet=1M"));
  }

  private boolean serves() {
    try (Connection connection = connect("")) {
      return connection.isValid(1);
    } catch (SQLException notYet) {
      return false;
    }
  }

  public void stop() {
    server.stop("TERM");
  }

  public int port() {
    return server.port();
  }

  /** {@code host:port}. */
  public String place() {
    return StoreServer.HOST + ":" + server.port();
  }

  /**
   * @param database may be empty
   */
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection("jdbc:mariadb://" + place() + "/" + database, USER, "");
  }

  @Override
  public void close() {
    server.close();
  }
}
