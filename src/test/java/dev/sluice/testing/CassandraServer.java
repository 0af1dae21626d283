package dev.sluice.testing;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A private Cassandra of the jars that {@code .ci/cassandra} fetches: one node, which asks for a
 * login and takes mutations of up to {@link #LARGEST_MUTATION}.
 */
public final class CassandraServer implements AutoCloseable {
  public static final String USER = "cassandra";
  public static final String PASSWORD = "cassandra";
  public static final String DATACENTER = "datacenter1";

  /** Half of a segment of the commit log. */
  public static final int LARGEST_MUTATION = 4 << 20;

  private static final Path HOME =
      Path.of(System.getProperty("user.home"), ".cache", "sluice", "cassandra");

  /** What Cassandra 5 is made for; newer ones lack what it needs. */
  private static final int JAVA = 17;

  /** Of conf/jvm17-server.options, what this one node uses. */
  private static final List<String> OPENED =
      List.of(
          "java.base/java.io",
          "java.base/java.lang",
          "java.base/java.lang.module",
          "java.base/java.nio",
          "java.base/java.util",
          "java.base/java.util.concurrent",
          "java.base/java.util.concurrent.atomic",
          "java.base/jdk.internal.loader",
          "java.base/jdk.internal.math",
          "java.base/jdk.internal.misc",
          "java.base/jdk.internal.module",
          "java.base/jdk.internal.ref",
          "java.base/jdk.internal.reflect",
          "java.base/jdk.internal.util.jar",
          "java.base/java.lang.ref",
          "java.base/sun.nio.ch",
          "java.rmi/sun.rmi.registry",
          "java.rmi/sun.rmi.server",
          "java.rmi/sun.rmi.transport.tcp",
          "jdk.management/com.sun.management.internal",
          "jdk.unsupported/sun.misc");

  private static final List<String> PROPERTIES =
      List.of(
          // There is nobody to gossip with.
          "cassandra.skip_wait_for_gossip_to_settle=0",
          "cassandra.ring_delay_ms=0",
          "cassandra.superuser_setup_delay_ms=0",
          "cassandra.auth_bcrypt_gensalt_log2_rounds=4",
          // It is stopped in order, which writes down what tables there are.
          "cassandra.test.flush_local_schema_changes=false");

  private static final String CONFIGURATION =
      """
      cluster_name: sluice
      num_tokens: 1
      partitioner: org.apache.cassandra.dht.Murmur3Partitioner
      endpoint_snitch: SimpleSnitch
      authenticator: PasswordAuthenticator
      authorizer: CassandraAuthorizer
      role_manager: CassandraRoleManager
      commitlog_sync: batch
      commitlog_segment_size: 8MiB
      commitlog_total_space: 64MiB
      native_transport_max_message_size: 12MiB
      memtable_heap_space: 64MiB
      memtable_offheap_space: 64MiB
      key_cache_size: 0MiB
      concurrent_reads: 4
      concurrent_writes: 4
      auto_snapshot: false
      hinted_handoff_enabled: false
      seed_provider:
        - class_name: org.apache.cassandra.locator.SimpleSeedProvider
          parameters:
            - seeds: "HOST:STORAGE"
      listen_address: HOST
      rpc_address: HOST
      storage_port: STORAGE
      native_transport_port: CQL
      data_file_directories: [DIRECTORY/data]
      commitlog_directory: DIRECTORY/commitlog
      saved_caches_directory: DIRECTORY/caches
      hints_directory: DIRECTORY/hints
      """;

  private static final String LOGGING =
      """
      <configuration>
        <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
          <encoder><pattern>%d %-5level %logger{20} %msg%n</pattern></encoder>
        </appender>
        <root level="INFO"><appender-ref ref="out"/></root>
      </configuration>
      """;

  private final StoreServer server = new StoreServer("cassandra", this::serves);
  private CqlSession session;

  private CassandraServer() {}

  /** Whether it is there, and this is a Java that it runs on. */
  public static boolean isInstalled() {
    return Runtime.version().feature() == JAVA && Files.exists(HOME.resolve(".complete"));
  }

  /** A new one that serves, for the asking test. */
  public static CassandraServer launch() {
    CassandraServer cassandra = new CassandraServer();
    try {
      cassandra.configure();
      cassandra.start();
      ServersUnderTest.note("stores", true, "a private Cassandra of " + HOME);
      return cassandra;
    } catch (IOException e) {
      cassandra.server.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      cassandra.server.close();
      throw e;
    }
  }

  private void configure() throws IOException {
    Path directory = server.directory();
    Files.writeString(
        directory.resolve("cassandra.yaml"),
        CONFIGURATION
            .replace("HOST", StoreServer.HOST)
            .replace("STORAGE", Integer.toString(FreePorts.one()))
            .replace("CQL", Integer.toString(server.port()))
            .replace("DIRECTORY", directory.toString()));
    Files.writeString(directory.resolve("logback.xml"), LOGGING);
  }

  /** Starts it, also again, on the same port and data. */
  public void start() {
    Path directory = server.directory();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String each : OPENED) {
      command.add("--add-exports=" + each + "=ALL-UNNAMED");
      command.add("--add-opens=" + each + "=ALL-UNNAMED");
    }
    // It lives for seconds: the second compiler would not pay.
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    PROPERTIES.forEach(property -> command.add("-D" + property));
    command.add("-Djdk.attach.allowAttachSelf=true");
    command.add("-Dcassandra.storagedir=" + directory);
    command.add("-Dcassandra.config=" + directory.resolve("cassandra.yaml").toUri());
    command.add("-Dlogback.configurationFile=" + directory.resolve("logback.xml"));
    command.addAll(List.of("-cp", HOME.resolve("lib") + "/*"));
    command.add("org.apache.cassandra.service.CassandraDaemon");
    server.start(command);
  }

  /** It listens before the login is there. */
  private boolean serves() {
    try (Socket listens = new Socket()) {
      listens.connect(new InetSocketAddress(StoreServer.HOST, server.port()), 100);
    } catch (IOException notYet) {
      return false;
    }
    try {
      session = connect();
      return true;
    } catch (DriverException notYet) {
      return false;
    }
  }

  private CqlSession connect() {
    return CqlSession.builder()
        .addContactPoint(new InetSocketAddress(StoreServer.HOST, server.port()))
        .withLocalDatacenter(DATACENTER)
        .withAuthCredentials(USER, PASSWORD)
        .withConfigLoader(
            DriverConfigLoader.programmaticBuilder()
                .withBoolean(DefaultDriverOption.METADATA_SCHEMA_ENABLED, false)
                .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, Duration.ofSeconds(20))
                .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
                .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
                .build())
        .build();
  }

  /** Of its superuser, until it is stopped. */
  public CqlSession session() {
    return session;
  }

  /** In order. */
  public void stop() {
    closeSession();
    server.stop("TERM");
  }

  private void closeSession() {
    if (session != null) {
      session.close();
      session = null;
    }
  }

  /** {@code host:port}. */
  public String place() {
    return StoreServer.HOST + ":" + server.port();
  }

  @Override
  public void close() {
    closeSession();
    server.close();
  }
}
