package dev.sluice.target.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlIdentifier;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.CqlSessionBuilder;
import com.datastax.oss.driver.api.core.DefaultConsistencyLevel;
import com.datastax.oss.driver.api.core.config.DefaultDriverOption;
import com.datastax.oss.driver.api.core.config.DriverConfigLoader;
import com.datastax.oss.driver.api.core.config.ProgrammaticDriverConfigLoaderBuilder;
import com.datastax.oss.driver.api.core.cql.AsyncResultSet;
import com.datastax.oss.driver.api.core.cql.PreparedStatement;
import com.datastax.oss.driver.api.core.cql.ResultSet;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.datastax.oss.driver.api.core.cql.Statement;
import com.datastax.oss.driver.api.core.metadata.Node;
import com.datastax.oss.driver.api.core.metadata.schema.KeyspaceMetadata;
import dev.sluice.consume.TargetException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The driver's session with a keyspace, and what its statements have in common. */
final class CassandraConnection implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CassandraConnection.class);

  /** The servers' own time-outs are 2 to 10 s: ours is behind them, so that they say the reason. */
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(12);

  private static final Duration SCHEMA_WINDOW = Duration.ofMillis(20);

  private final CqlSession session;
  private final CassandraFailures failures;
  private final ConsistencyLevel writes;
  private final ConsistencyLevel reads;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  private CassandraConnection(
      CqlSession session, CassandraFailures failures, CassandraParameters parameters) {
    this.session = session;
    this.failures = failures;
    this.writes = DefaultConsistencyLevel.valueOf(parameters.consistency());
    // There are no such reads; a quorum of our own data centre meets every write of that level.
    this.reads =
        writes.equals(DefaultConsistencyLevel.EACH_QUORUM)
            ? DefaultConsistencyLevel.LOCAL_QUORUM
            : writes;
  }

  /**
   * @throws TargetException if there is no such cluster, data centre or keyspace, or the login is
   *     wrong
   */
  static CassandraConnection open(CassandraParameters parameters) {
    CassandraFailures failures = new CassandraFailures("Cassandra at " + parameters);
    CqlSession session = null;
    try {
      session = builder(parameters).build();
      requireDatacenter(session, parameters);
      warnOfKeyspace(session, parameters);
      return new CassandraConnection(session, failures, parameters);
    } catch (TargetException e) {
      closeQuietly(session);
      throw e;
    } catch (RuntimeException e) {
      closeQuietly(session);
      throw failures.recognise(e);
    }
  }

  private static CqlSessionBuilder builder(CassandraParameters parameters) {
    CqlSessionBuilder builder =
        CqlSession.builder()
            .withConfigLoader(config(parameters))
            .addContactPoints(
                parameters.hosts().stream().map(CassandraConnection::address).toList())
            .withKeyspace(CqlIdentifier.fromInternal(parameters.keyspace()));
    if (parameters.datacenter() != null) {
      builder.withLocalDatacenter(parameters.datacenter());
    }
    return parameters.user() == null
        ? builder
        : builder.withAuthCredentials(
            parameters.user(), parameters.password() == null ? "" : parameters.password());
  }

  private static InetSocketAddress address(CassandraParameters.Host host) {
    InetSocketAddress address = new InetSocketAddress(host.name(), host.port());
    if (address.isUnresolved()) {
      throw TargetException.unavailable("There is no host " + host.name() + " for Cassandra", null);
    }
    return address;
  }

  private static DriverConfigLoader config(CassandraParameters parameters) {
    ProgrammaticDriverConfigLoaderBuilder config =
        DriverConfigLoader.programmaticBuilder()
            .withDuration(DefaultDriverOption.REQUEST_TIMEOUT, REQUEST_TIMEOUT)
            // Other keyspaces, of which there may be thousands, do not concern us.
            .withStringList(
                DefaultDriverOption.METADATA_SCHEMA_REFRESHED_KEYSPACES,
                List.of(parameters.keyspace()))
            // Whoever makes a table waits that long for others that might be made at once.
            .withDuration(DefaultDriverOption.METADATA_SCHEMA_WINDOW, SCHEMA_WINDOW)
            // Every write has a time of its own, so no better clock is looked for.
            .withBoolean(DefaultDriverOption.TIMESTAMP_GENERATOR_FORCE_JAVA_CLOCK, true)
            // The closing thread waits for that, and nothing is under way when it closes.
            .withInt(DefaultDriverOption.NETTY_IO_SHUTDOWN_QUIET_PERIOD, 0)
            .withInt(DefaultDriverOption.NETTY_ADMIN_SHUTDOWN_QUIET_PERIOD, 0)
            .withBoolean(DefaultDriverOption.REQUEST_WARN_IF_SET_KEYSPACE, false);
    if (parameters.datacenter() == null) {
      config.withString(
          DefaultDriverOption.LOAD_BALANCING_POLICY_CLASS, "DcInferringLoadBalancingPolicy");
    }
    parameters.driver().forEach((path, value) -> config.withString(option(path), value));
    return config.build();
  }

  private static DefaultDriverOption option(String path) {
    return Arrays.stream(DefaultDriverOption.values())
        .filter(option -> option.getPath().equals(path))
        .findFirst()
        .orElseThrow(
            () ->
                TargetException.unusable(
                    "Cassandra's driver has no setting "
                        + path
                        + ", which the target's parameter driver."
                        + path
                        + " would set"));
  }

  /** With a wrong one the driver would find no node to ask, and say just that. */
  private static void requireDatacenter(CqlSession session, CassandraParameters parameters) {
    TreeSet<String> there =
        session.getMetadata().getNodes().values().stream()
            .map(Node::getDatacenter)
            .filter(name -> name != null)
            .collect(Collectors.toCollection(TreeSet::new));
    if (parameters.datacenter() != null && !there.contains(parameters.datacenter())) {
      throw TargetException.unusable(
          "Cassandra at "
              + parameters
              + " has no data centre "
              + parameters.datacenter()
              + ", which the target's parameter datacenter names; there are "
              + String.join(", ", there));
    }
  }

  private static void warnOfKeyspace(CqlSession session, CassandraParameters parameters) {
    session
        .getMetadata()
        .getKeyspace(CqlIdentifier.fromInternal(parameters.keyspace()))
        .filter(keyspace -> !keyspace.isDurableWrites())
        .ifPresent(
            keyspace ->
                log.warn(
                    "The keyspace {} has durable_writes = false: what is confirmed is lost with the"
                        + " nodes that have it in memory",
                    parameters.keyspace()));
  }

  CassandraFailures failures() {
    return failures;
  }

  KeyspaceMetadata keyspace() {
    return session
        .getKeyspace()
        .flatMap(name -> session.getMetadata().getKeyspace(name))
        .orElseThrow(
            () -> TargetException.unavailable(failures.place() + " has lost its keyspace", null));
  }

  PreparedStatement prepare(String cql) {
    PreparedStatement known = prepared.get(cql);
    if (known == null) {
      known = recognised(() -> session.prepare(cql));
      prepared.put(cql, known);
    }
    return known;
  }

  /** Makes or changes a table, and returns when all nodes know. */
  void define(String cql) {
    ResultSet done =
        recognised(() -> session.execute(SimpleStatement.newInstance(cql).setIdempotent(false)));
    if (!done.getExecutionInfo().isSchemaInAgreement()) {
      throw TargetException.unavailable(
          failures.place() + ": the nodes do not agree on the tables yet", null);
    }
  }

  ResultSet read(String cql, Object... values) {
    return recognised(() -> session.execute(reading(prepare(cql).bind(values))));
  }

  /** Does work that may read page after page. */
  void run(Runnable work) {
    recognised(
        () -> {
          work.run();
          return null;
        });
  }

  private <T> T recognised(Supplier<T> work) {
    try {
      return work.get();
    } catch (TargetException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failures.recognise(e);
    }
  }

  CompletionStage<AsyncResultSet> readLater(Statement<?> statement) {
    return session.executeAsync(reading(statement));
  }

  private <T extends Statement<T>> Statement<?> reading(Statement<T> statement) {
    return statement.setConsistencyLevel(reads).setIdempotent(true);
  }

  void write(String cql, Object... values) {
    recognised(() -> session.execute(writing(prepare(cql).bind(values))));
  }

  CompletionStage<AsyncResultSet> writeLater(Statement<?> statement) {
    return session.executeAsync(writing(statement));
  }

  /** All of them have a write time of their own, so that to repeat one changes nothing. */
  private <T extends Statement<T>> Statement<?> writing(Statement<T> statement) {
    return statement.setConsistencyLevel(writes).setIdempotent(true);
  }

  /** Writes by agreement of the nodes, if there is no such row yet. */
  ResultSet writeIfNew(String cql, Object... values) {
    ConsistencyLevel agreement =
        writes.equals(DefaultConsistencyLevel.LOCAL_QUORUM)
            ? DefaultConsistencyLevel.LOCAL_SERIAL
            : DefaultConsistencyLevel.SERIAL;
    return recognised(
        () ->
            session.execute(
                prepare(cql)
                    .bind(values)
                    .setConsistencyLevel(writes)
                    .setSerialConsistencyLevel(agreement)
                    .setIdempotent(false)));
  }

  @Override
  public void close() {
    closeQuietly(session);
  }

  private static void closeQuietly(CqlSession session) {
    if (session != null) {
      try {
        session.close();
      } catch (RuntimeException e) {
        log.debug("A session did not close cleanly", e);
      }
    }
  }
}
