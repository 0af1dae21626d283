package dev.sluice.prove;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.model.Filters;
import com.rabbitmq.client.Address;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.Partition;
import dev.sluice.config.SettingKey;
import dev.sluice.testing.RabbitCluster;
import dev.sluice.testing.RabbitInstallation;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TcpProxy;
import dev.sluice.testing.TestMongo;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bson.BsonDocument;
import org.bson.Document;

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

  /** The first release of MongoDB that keeps documents as they were before a change. */
  private static final int FIRST_WITH_IMAGES = 6;

  private final TestMongo mongo;
  private final TestRabbit rabbit;
  private final Optional<RabbitCluster> cluster;
  private final List<TcpProxy> proxies;
  private final boolean stream;
  private final Map<String, String> given;
  private final Layout layout;
  private final int partitions;

  private Site(
      TestMongo mongo,
      TestRabbit rabbit,
      Optional<RabbitCluster> cluster,
      List<TcpProxy> proxies,
      Map<String, String> given,
      ProveOptions options) {
    this.mongo = mongo;
    this.rabbit = rabbit;
    this.cluster = cluster;
    this.proxies = List.copyOf(proxies);
    this.partitions = options.partitions();
    this.given = given;
    this.stream = options.shape() == Shape.STREAM;
    String name = TestRabbit.freshName("prove");
    this.layout =
        options.shape() != Shape.WIDE
            ? Layout.plain(options.shape(), name)
            : Layout.wide(name, HiddenText.drawn(new Random(options.seed())), keepsImages());
  }

  /**
   * The best servers at hand, started where they are not there.
   *
   * @param given the environment; settings of Sluice in it are passed on, unless the run has them
   */
  static Site open(Map<String, String> given, ProveOptions options) {
    TestMongo mongo = TestMongo.shared();
    if (options.brokers() > 1) {
      RabbitInstallation installation =
          RabbitCluster.installation()
              .orElseThrow(
                  () -> new ProveOptions.WrongOption("BROKERS=3 needs an installed RabbitMQ 4."));
      boolean streams = options.shape() == Shape.STREAM;
      RabbitCluster cluster =
          streams ? RabbitCluster.launchStreams(installation) : RabbitCluster.launch(installation);
      TestRabbit rabbit = TestRabbit.of(cluster);
      System.out.println("RabbitMQ under test: " + rabbit);
      if (streams) {
        // A leader tells its own address, which leads past any proxy.
        return new Site(mongo, rabbit, Optional.of(cluster), List.of(), given, options);
      }
      return opened(mongo, rabbit, Optional.of(cluster), before(rabbit), given, options);
    }
    TestRabbit rabbit = TestRabbit.shared();
    if (options.shape() == Shape.STREAM) {
      RabbitNode node =
          rabbit
              .node()
              .orElseThrow(
                  () ->
                      new ProveOptions.WrongOption(
                          "TARGET=stream needs a RabbitMQ of this run's own (an installed"
                              + " rabbitmq-server)."));
      TcpProxy streams = TcpProxy.to(rabbit.host(), node.speakStreams());
      return new Site(mongo, rabbit, Optional.empty(), List.of(streams), given, options);
    }
    // Behind a proxy the certificate would be for another host.
    List<TcpProxy> proxies = rabbit.uri().startsWith("amqps:") ? List.of() : before(rabbit);
    return opened(mongo, rabbit, Optional.empty(), proxies, given, options);
  }

  private static List<TcpProxy> before(TestRabbit rabbit) {
    return rabbit.addresses().stream()
        .map(each -> TcpProxy.to(each.getHost(), each.getPort()))
        .toList();
  }

  private static Site opened(
      TestMongo mongo,
      TestRabbit rabbit,
      Optional<RabbitCluster> cluster,
      List<TcpProxy> proxies,
      Map<String, String> given,
      ProveOptions options) {
    Site site = new Site(mongo, rabbit, cluster, proxies, given, options);
    site.createCollections();
    return site;
  }

  TestMongo mongo() {
    return mongo;
  }

  TestRabbit rabbit() {
    return rabbit;
  }

  /**
   * What events go through on their way to RabbitMQ, one before each node; none where that would
   * not do.
   */
  List<TcpProxy> proxies() {
    return proxies;
  }

  Layout layout() {
    return layout;
  }

  /** As the setting has it. */
  String queueType() {
    return given.getOrDefault(
        SettingKey.SLUICE_QUEUE_TYPE.name(), SettingKey.SLUICE_QUEUE_TYPE.defaultValue());
  }

  /** From MongoDB 6.0 on. */
  private boolean keepsImages() {
    try (MongoClient client = connectToMongo()) {
      Document build = client.getDatabase("admin").runCommand(new Document("buildInfo", 1));
      return build.getList("versionArray", Integer.class).get(0) >= FIRST_WITH_IMAGES;
    }
  }

  /** A pattern has no collections to switch images on for but those that are there. */
  private void createCollections() {
    if (layout.shape() != Shape.WIDE) {
      return;
    }
    try (MongoClient client = connectToMongo()) {
      Stream.concat(layout.places().stream(), layout.outside().stream())
          .forEach(
              place -> client.getDatabase(place.database()).createCollection(place.collection()));
    }
  }

  /**
   * The settings of every process of the pipeline.
   *
   * @param folder for the files that they name
   */
  Map<String, String> environment(Path folder) {
    Map<String, String> environment = new HashMap<>();
    for (SettingKey key : SettingKey.values()) {
      if (given.containsKey(key.name()) && key.name().startsWith("SLUICE_")) {
        environment.put(key.name(), given.get(key.name()));
      }
    }
    environment.put("MONGO_DATABASE_HOST", mongo.uri());
    if (stream) {
      environment.put("RABBITMQ_URI", cluster.map(RabbitCluster::uri).orElseGet(rabbit::uri));
      environment.put("SLUICE_TARGET", "stream");
      environment.put("SLUICE_QUEUE_TYPE", "stream");
      int port = cluster.map(RabbitCluster::streamPort).orElseGet(() -> proxies.get(0).port());
      environment.put("SLUICE_STREAM_PORT", Integer.toString(port));
    } else {
      environment.put("RABBITMQ_URI", proxies.isEmpty() ? rabbit.uri() : rabbit.uri(through()));
    }
    environment.put("SLUICE_FORMAT", "envelope");
    environment.put("SLUICE_JSON", "relaxed");
    environment.put("SLUICE_OPERATIONS", "insert,update,replace,delete");
    environment.put("SLUICE_CONFIRM_TIMEOUT", CONFIRM_TIMEOUT);
    environment.putAll(layout.settings(folder));
    if (ProveOptions.hasLease()) {
      environment.put("SLUICE_LEASE", LEASE);
    }
    return environment;
  }

  private List<Address> through() {
    return proxies.stream().map(proxy -> new Address(proxy.host(), proxy.port())).toList();
  }

  /** How often a lease was claimed, of all pipelines of the run. */
  long claims() {
    try (MongoClient client = connectToMongo()) {
      long claims = 0;
      for (Document checkpoint : client.getDatabase("sluice").getCollection("checkpoints").find()) {
        if (names().contains(checkpoint.get("_id"))) {
          claims += checkpoint.get("epoch", Number.class).longValue();
        }
      }
      return claims;
    }
  }

  /** Of all pipelines of the run. */
  private List<String> names() {
    return IntStream.range(0, partitions)
        .mapToObj(number -> new Partition(number, partitions).nameOf(layout.name()))
        .toList();
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
    proxies.forEach(TcpProxy::close);
    layout.queues().forEach(queue -> removed(channel -> channel.queueDelete(queue)));
    layout.bindings().stream()
        .map(Layout.Binding::exchange)
        .forEach(exchange -> removed(channel -> channel.exchangeDelete(exchange)));
    try (MongoClient client = connectToMongo()) {
      layout.databases().forEach(database -> client.getDatabase(database).drop());
      client
          .getDatabase("sluice")
          .getCollection("checkpoints", BsonDocument.class)
          .deleteMany(Filters.in("_id", names()));
    } catch (MongoException e) {
      System.err.println("Could not remove " + layout.name() + " from MongoDB: " + e);
    }
    cluster.ifPresent(RabbitCluster::close);
  }

  private interface Removal {
    void on(Channel channel) throws IOException;
  }

  private void removed(Removal removal) {
    try (Connection connection = rabbit.connect()) {
      removal.on(connection.createChannel());
    } catch (IOException | TimeoutException | ShutdownSignalException e) {
      System.err.println("Could not remove " + layout.name() + " from RabbitMQ: " + e);
    }
  }
}
