package dev.sluice.prove;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.SettingKey;
import dev.sluice.testing.TcpProxy;
import dev.sluice.testing.TestMongo;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bson.BsonDocument;
import org.bson.BsonString;

/**
 * The servers of a run, the stretch of network before RabbitMQ, and the names that the run uses
 * there. Removes these when it closes; the servers are not its own.
 */
final class Site implements AutoCloseable {
  /** How long a silent RabbitMQ is waited for: shorter than the faults that only this ends. */
  private static final String CONFIRM_TIMEOUT = "3s";

  /** Shorter than the pause of a process, so that the other one takes over within it. */
  private static final String LEASE = "2s";

  /** A write that hangs is uncertain after this: some faults last longer, and writers go on. */
  private static final int WRITE_SECONDS = 10;

  private final TestMongo mongo;
  private final TestRabbit rabbit;
  private final Optional<TcpProxy> proxy;
  private final Map<String, String> given;
  private final String name = TestRabbit.freshName("prove");

  private Site(
      TestMongo mongo, TestRabbit rabbit, Optional<TcpProxy> proxy, Map<String, String> given) {
    this.mongo = mongo;
    this.rabbit = rabbit;
    this.proxy = proxy;
    this.given = given;
  }

  /**
   * The best servers at hand, started where they are not there.
   *
   * @param given the environment; settings of Sluice in it are passed on, unless the run has them
   */
  static Site open(Map<String, String> given) {
    TestMongo mongo = TestMongo.shared();
    TestRabbit rabbit = TestRabbit.shared();
    // Behind a proxy the certificate would be for another host.
    Optional<TcpProxy> proxy =
        rabbit.uri().startsWith("amqps:")
            ? Optional.empty()
            : Optional.of(TcpProxy.to(rabbit.host(), rabbit.port()));
    return new Site(mongo, rabbit, proxy, given);
  }

  TestMongo mongo() {
    return mongo;
  }

  TestRabbit rabbit() {
    return rabbit;
  }

  /** What Sluice reaches RabbitMQ through; missing where that would not do. */
  Optional<TcpProxy> proxy() {
    return proxy;
  }

  String database() {
    return name;
  }

  String collection() {
    return "ledger";
  }

  String queue() {
    return name;
  }

  String exchange() {
    return name;
  }

  /** As the setting has it. */
  String queueType() {
    return given.getOrDefault(
        SettingKey.SLUICE_QUEUE_TYPE.name(), SettingKey.SLUICE_QUEUE_TYPE.defaultValue());
  }

  /** The settings of every process of the pipeline. */
  Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    for (SettingKey key : SettingKey.values()) {
      if (given.containsKey(key.name()) && key.name().startsWith("SLUICE_")) {
        environment.put(key.name(), given.get(key.name()));
      }
    }
    environment.put("MONGO_DATABASE_HOST", mongo.uri());
    environment.put("MONGO_DATABASE_NAME", database());
    environment.put("RABBITMQ_URI", proxy.map(this::through).orElse(rabbit.uri()));
    environment.put("SLUICE_COLLECTION", collection());
    environment.put("SLUICE_PIPELINE", name);
    environment.put("SLUICE_EXCHANGE", exchange());
    environment.put("SLUICE_QUEUE", queue());
    environment.put("SLUICE_FORMAT", "envelope");
    environment.put("SLUICE_JSON", "relaxed");
    environment.put("SLUICE_OPERATIONS", "insert,update,replace,delete");
    environment.put("SLUICE_CONFIRM_TIMEOUT", CONFIRM_TIMEOUT);
    if (ProveOptions.hasLease()) {
      environment.put("SLUICE_LEASE", LEASE);
    }
    return environment;
  }

  private String through(TcpProxy stretch) {
    return rabbit
        .uri()
        .replace(
            "@" + rabbit.host() + ":" + rabbit.port() + "/",
            "@" + stretch.host() + ":" + stretch.port() + "/");
  }

  /** A client for those who write, or hurt; the caller closes it. */
  MongoClient connectToMongo() {
    return MongoClients.create(
        MongoClientSettings.builder()
            .applyConnectionString(new ConnectionString(mongo.uri()))
            .applicationName("sluice-prove")
            .applyToClusterSettings(
                cluster -> cluster.serverSelectionTimeout(WRITE_SECONDS, TimeUnit.SECONDS))
            .applyToSocketSettings(socket -> socket.readTimeout(WRITE_SECONDS, TimeUnit.SECONDS))
            .build());
  }

  @Override
  public void close() {
    proxy.ifPresent(TcpProxy::close);
    removed(channel -> channel.queueDelete(queue()));
    removed(channel -> channel.exchangeDelete(exchange()));
    try (MongoClient client = connectToMongo()) {
      client.getDatabase(database()).drop();
      client
          .getDatabase("sluice")
          .getCollection("checkpoints", BsonDocument.class)
          .deleteOne(new BsonDocument("_id", new BsonString(name)));
    } catch (MongoException e) {
      System.err.println("Could not remove " + name + " from MongoDB: " + e);
    }
  }

  private interface Removal {
    void on(Channel channel) throws IOException;
  }

  private void removed(Removal removal) {
    try (Connection connection = rabbit.connect()) {
      removal.on(connection.createChannel());
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      System.err.println("Could not remove " + name + " from RabbitMQ: " + e);
    }
  }
}
