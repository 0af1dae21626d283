package dev.sluice.mongo;

import com.mongodb.WriteConcern;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.mongodb.connection.ServerConnectionState;
import com.mongodb.connection.ServerDescription;
import dev.sluice.change.LogWindow;
import dev.sluice.config.CaptureSettings;
import dev.sluice.config.HostPort;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * What can be found out about the servers without changing anything there, for whoever judges it.
 * All methods are cold and fail with a {@link dev.sluice.pipeline.PipelineException}.
 */
public final class MongoFacts {
  /** A member answers its first heartbeat within milliseconds, or not at all. */
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

  /** Less than a check may take, so that the server says what it waits for. */
  private static final long MAJORITY_SECONDS = 5;

  private final MongoConnection connection;
  private final Clock clock;
  private final Scheduler timer;

  public MongoFacts(MongoConnection connection, Clock clock, Scheduler timer) {
    this.connection = connection;
    this.clock = clock;
    this.timer = timer;
  }

  /**
   * A member of the set as this machine sees it, or a router.
   *
   * @param address as the set calls it
   * @param role such as {@code primary}
   * @param problem why it does not serve; empty if it does
   */
  public record Member(HostPort address, String role, Optional<String> problem) {}

  /**
   * What a version means.
   *
   * @param danger what it is known to break; a whole sentence
   * @param lacks what later ones have; each is the rest of a sentence
   */
  public record Version(String text, Optional<String> danger, List<String> lacks) {
    public Version {
      lacks = List.copyOf(lacks);
    }

    /**
     * @param lookup whether streams ask for looked-up documents
     */
    static Version of(ServerVersion version, boolean lookup) {
      return new Version(
          version.toString(),
          SourceWarnings.danger(version).filter(sentence -> lookup),
          version.lacks());
    }
  }

  /**
   * The log of operations.
   *
   * @param bytes what it holds, uncompressed; empty if that may not be read
   * @param maxBytes what it may hold; empty likewise
   */
  public record Log(LogWindow window, Optional<Long> bytes, Optional<Long> maxBytes) {}

  /** Makes sure that it can be worked with; see {@link MongoConnection#operationTime}. */
  public Mono<BsonTimestamp> reach() {
    return connection.operationTime();
  }

  /** Who is logged in and what he may do. Needs no privilege. */
  public Mono<Grants> grants() {
    return command(
            "admin",
            new BsonDocument("connectionStatus", new BsonInt32(1))
                .append("showPrivileges", BsonBoolean.TRUE))
        .map(Grants::of)
        .onErrorMap(connection::recognise);
  }

  /**
   * @param lookup whether streams ask for looked-up documents
   */
  public Mono<Version> version(boolean lookup) {
    return connection.serverVersion().map(version -> Version.of(version, lookup));
  }

  /** By how much the server's clock is ahead of ours; empty if it does not tell its time. */
  public Mono<Duration> clockAhead() {
    return Mono.defer(
            () -> {
              Instant before = clock.instant();
              return connection
                  .hello()
                  .filter(hello -> hello.reply().isDateTime("localTime"))
                  .map(
                      hello -> {
                        Duration half = Duration.between(before, clock.instant()).dividedBy(2);
                        long server = hello.reply().getDateTime("localTime").getValue();
                        return Duration.between(before.plus(half), Instant.ofEpochMilli(server));
                      });
            })
        .onErrorMap(connection::recognise);
  }

  /** All members that the set shows to clients, when each has answered or failed. */
  public Mono<List<Member>> members() {
    return Mono.fromSupplier(
            () -> connection.client().getClusterDescription().getServerDescriptions())
        .filter(servers -> servers.stream().noneMatch(MongoFacts::isUnknown))
        .repeatWhenEmpty(tries -> tries.delayElements(LOOK_AGAIN, timer))
        .map(
            servers ->
                servers.stream()
                    .map(this::member)
                    .sorted(Comparator.comparing(member -> member.address().toString()))
                    .toList());
  }

  private static boolean isUnknown(ServerDescription server) {
    return server.getState() == ServerConnectionState.CONNECTING && server.getException() == null;
  }

  private Member member(ServerDescription server) {
    HostPort address = new HostPort(server.getAddress().getHost(), server.getAddress().getPort());
    String role =
        server
            .getType()
            .name()
            .toLowerCase(Locale.ROOT)
            .replace("replica_set_", "")
            .replace("shard_", "");
    return new Member(
        address,
        role,
        server.isOk() ? Optional.empty() : Optional.of(problem(server.getException(), address)));
  }

  private String problem(Throwable failure, HostPort address) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof UnknownHostException) {
        return "nobody here knows a host of the name \"" + address.host() + "\"";
      }
    }
    return new MongoFailures(address.toString(), connection.settings().uriKey(), Doing.OTHER)
        .recognise(failure == null ? new IllegalStateException("not connected") : failure)
        .getMessage();
  }

  /**
   * Completes when a write that changes nothing is known to most members: it needs the privilege to
   * update the checkpoints, and all that is saved there has to be known to as many.
   */
  public Mono<Void> majority() {
    return Mono.defer(
            () ->
                Mono.from(
                    MongoCheckpointStore.checkpoints(connection)
                        .withWriteConcern(
                            WriteConcern.MAJORITY.withWTimeout(MAJORITY_SECONDS, TimeUnit.SECONDS))
                        .updateOne(
                            Filters.eq("_id", "sluice-doctor " + UUID.randomUUID()),
                            Updates.set("doctor", true))))
        .onErrorMap(failure -> connection.recognise(failure, Doing.CHECKPOINT))
        .then();
  }

  /** Empty where it may not be read, and behind the routers of a sharded cluster. */
  public Mono<Log> log() {
    return OplogEnds.read(connection)
        .flatMap(
            window ->
                command("local", new BsonDocument("collStats", new BsonString("oplog.rs")))
                    .map(stats -> new Log(window, number(stats, "size"), number(stats, "maxSize")))
                    // How large it is, is good to know and no more.
                    .onErrorReturn(new Log(window, Optional.empty(), Optional.empty())))
        .onErrorMap(connection::recognise);
  }

  private static Optional<Long> number(BsonDocument stats, String field) {
    return stats.isNumber(field)
        ? Optional.of(stats.getNumber(field).longValue())
        : Optional.empty();
  }

  /** The commands that are still to be given, until all images are kept that the view needs. */
  public Mono<List<String>> missingImages(CaptureSettings settings) {
    return connection
        .serverVersion()
        .flatMap(version -> new Images(connection, settings).missing(version))
        .onErrorMap(connection::recognise);
  }

  private Mono<BsonDocument> command(String database, BsonDocument command) {
    return Mono.defer(
        () ->
            Mono.from(
                connection.client().getDatabase(database).runCommand(command, BsonDocument.class)));
  }
}
