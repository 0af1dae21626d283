package dev.sluice.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import com.mongodb.connection.SslSettings;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import dev.sluice.config.HostPort;
import dev.sluice.config.MongoSettings;
import dev.sluice.config.WrongSettings;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.tls.PemContext;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Mono;

/**
 * Holds the one {@code MongoClient} of the process: opened when it is first needed, handed to all,
 * closed once. Thread-safe.
 */
public final class MongoConnection implements AutoCloseable {
  /** Less than an election usually takes: who waits for one tries again, and says so meanwhile. */
  private static final int SERVER_SELECTION_SECONDS = 5;

  private static final int CONNECT_SECONDS = 5;

  /**
   * A server knows its version without looking it up. The driver waits for an answer without a
   * limit, also for that of a server that was cut off without a word.
   */
  private static final int VERSION_SECONDS = 10;

  private static final BsonDocument BUILD_INFO = new BsonDocument("buildInfo", new BsonInt32(1));

  private static final BsonDocument HELLO = new BsonDocument("hello", new BsonInt32(1));

  /** What {@code hello} was called before 4.4.2; releases of 4.2 up to 4.2.9 know this one only. */
  private static final BsonDocument OLD_HELLO = new BsonDocument("isMaster", new BsonInt32(1));

  private static final int COMMAND_NOT_FOUND = 59;

  private final MongoSettings settings;
  private final ConnectionString uri;
  private final MongoClientSettings clientSettings;
  private final Optional<SSLContext> tls;
  private final StreamWatch streamWatch = new StreamWatch();
  private final SeenServers seenServers = new SeenServers();
  private MongoClient client;
  private boolean closed;

  /**
   * @throws WrongSettings if the URI or a file for TLS cannot be read
   */
  public MongoConnection(MongoSettings settings) {
    this.settings = settings;
    this.tls =
        settings.tlsFiles().any()
            ? Optional.of(PemContext.of(settings.tlsFiles()))
            : Optional.empty();
    try {
      this.uri = new ConnectionString(settings.uri().reveal());
      this.clientSettings = clientSettings();
    } catch (IllegalArgumentException | IllegalStateException e) {
      // The exception's text may repeat a part of the password.
      throw WrongSettings.of(
          "MONGO_DATABASE_HOST cannot be read as a MongoDB URI: check its hosts, ports and options,"
              + " and percent-encode special characters in user and password.");
    } catch (MongoConfigurationException e) {
      // The options of a mongodb+srv:// URI are looked up at once.
      throw new MongoFailures("the name in " + settings.uriKey(), settings.uriKey(), Doing.OTHER)
          .recognise(e);
    }
  }

  public MongoSettings settings() {
    return settings;
  }

  /** The hosts, for a log line. */
  public String address() {
    return String.join(",", uri.getHosts());
  }

  /** The hosts that the URI names; none where the DNS names them ({@code mongodb+srv://}). */
  public List<HostPort> hosts() {
    return uri.isSrvProtocol()
        ? List.of()
        : uri.getHosts().stream()
            .map(ServerAddress::new)
            .map(host -> new HostPort(host.getHost(), host.getPort()))
            .toList();
  }

  /** The client; opens it the first time. */
  public synchronized MongoClient client() {
    if (closed) {
      throw new IllegalStateException("the connection to MongoDB is closed");
    }
    if (client == null) {
      client = MongoClients.create(clientSettings);
    }
    return client;
  }

  private MongoClientSettings clientSettings() {
    return MongoClientSettings.builder()
        .applicationName("sluice")
        .applyToClusterSettings(
            cluster ->
                cluster
                    .serverSelectionTimeout(SERVER_SELECTION_SECONDS, TimeUnit.SECONDS)
                    .addClusterListener(seenServers))
        .applyToSocketSettings(socket -> socket.connectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS))
        .applyToServerSettings(
            server -> server.addServerListener(seenServers).addServerMonitorListener(streamWatch))
        .addCommandListener(streamWatch)
        // Behind what is set here, so that the URI wins ...
        .applyConnectionString(uri)
        // ... but for this: nothing that it says makes the connection less safe.
        .applyToSslSettings(this::secure)
        .build();
  }

  private void secure(SslSettings.Builder ssl) {
    tls.ifPresent(context -> ssl.enabled(true).context(context));
    ssl.invalidHostNameAllowed(false);
  }

  StreamWatch streamWatch() {
    return streamWatch;
  }

  /**
   * Makes sure that the other side is a replica set, or a sharded cluster, that the URI names
   * rightly, and gives its time. Cold.
   *
   * <p>Fails with a {@link PipelineException}.
   */
  public Mono<BsonTimestamp> operationTime() {
    return hello().map(hello -> hello.operationTime(uri)).onErrorMap(this::recognise);
  }

  /** Whether the other side is a sharded cluster. Cold. Fails with a {@link PipelineException}. */
  Mono<Boolean> isRouter() {
    return hello().map(Hello::isRouter).onErrorMap(this::recognise);
  }

  Mono<Hello> hello() {
    return greet(HELLO)
        .onErrorResume(MongoConnection::isUnknownCommand, failure -> greet(OLD_HELLO))
        .map(reply -> new Hello(reply, address()));
  }

  private Mono<BsonDocument> greet(BsonDocument command) {
    return Mono.defer(
        () -> Mono.from(client().getDatabase("admin").runCommand(command, BsonDocument.class)));
  }

  private static boolean isUnknownCommand(Throwable failure) {
    return failure instanceof MongoCommandException refused
        && refused.getErrorCode() == COMMAND_NOT_FOUND;
  }

  /** The version of the primary. Cold. Fails with a {@link PipelineException}. */
  Mono<ServerVersion> serverVersion() {
    return Mono.defer(
            () ->
                Mono.from(
                    client()
                        .getDatabase("admin")
                        .withTimeout(VERSION_SECONDS, TimeUnit.SECONDS)
                        .runCommand(BUILD_INFO, BsonDocument.class)))
        .map(ServerVersion::of)
        .onErrorMap(this::recognise);
  }

  /** What a failure of the driver means; see {@link MongoFailures}. */
  public RuntimeException recognise(Throwable failure) {
    return recognise(failure, Doing.OTHER);
  }

  RuntimeException recognise(Throwable failure, Doing doing) {
    if (failure instanceof MongoException) {
      PipelineException refused = seenServers.unnamed(address());
      if (refused == null) {
        refused = seenServers.refusal(uri.getRequiredReplicaSetName());
      }
      if (refused != null) {
        return refused;
      }
    }
    if (failure instanceof MongoTimeoutException) {
      PipelineException none = whyNone();
      if (none != null) {
        return none;
      }
    }
    return new MongoFailures(address(), settings.uriKey(), doing).recognise(failure);
  }

  private PipelineException whyNone() {
    return Stream.<Supplier<PipelineException>>of(
            () -> isTls() ? seenServers.tlsRefusal() : null,
            () -> seenServers.unfit(clientSettings.getReadPreference()),
            () -> seenServers.whyNone(address()))
        .map(Supplier::get)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  /** Whether the servers are spoken to by TLS. */
  public boolean isTls() {
    return tls.isPresent() || Boolean.TRUE.equals(uri.getSslEnabled());
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (client != null) {
      client.close();
    }
  }
}
