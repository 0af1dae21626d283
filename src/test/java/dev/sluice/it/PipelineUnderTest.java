package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.CreateCollectionOptions;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.cli.Wiring;
import dev.sluice.config.SettingsReader;
import dev.sluice.pipeline.Beginning;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.pipeline.PipelineSupervisor;
import dev.sluice.testing.TestMongo;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.RawBsonDocument;

/**
 * A pipeline with a database, an exchange and a queue of its own, between shared servers, in this
 * process. Can be stopped and started again; the consumer reads along until the end.
 */
final class PipelineUnderTest implements AutoCloseable {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Every change of state, with its reason. */
  final List<String> states = new CopyOnWriteArrayList<>();

  /** Every message that came out, in order. */
  final List<Delivery> deliveries = new CopyOnWriteArrayList<>();

  private final Map<String, String> environment;
  private final MongoClient mongo;
  private Beginning beginning = Beginning.AS_SAVED;
  private String consumedFrom;
  private Connection consumer;
  private Wiring wiring;
  private PipelineSupervisor pipeline;

  /** Not before {@link #launch}: a process may run the pipeline instead. */
  private CompletableFuture<Void> ended = new CompletableFuture<>();

  /**
   * @param settings as in the environment, over names made for this test
   */
  PipelineUnderTest(Map<String, String> settings) {
    this(TestMongo.shared().uri(), settings);
  }

  /**
   * @param mongoUri the replica set that this test has instead of the shared one; it writes there,
   *     whatever address the settings give to the pipeline
   * @param settings as in the environment, over names made for this test
   */
  PipelineUnderTest(String mongoUri, Map<String, String> settings) {
    mongo = MongoClients.create(mongoUri);
    String name = TestRabbit.freshName("sluice");
    environment = new HashMap<>();
    environment.put("MONGO_DATABASE_HOST", mongoUri);
    environment.put("MONGO_DATABASE_NAME", name);
    environment.put("RABBITMQ_URI", TestRabbit.shared().uri());
    environment.put("SLUICE_PIPELINE", name);
    environment.put("SLUICE_EXCHANGE", name);
    environment.put("SLUICE_QUEUE", name);
    environment.put("SLUICE_CHECKPOINT_INTERVAL", "100ms");
    // Shorter than the default, for what is killed keeps its successor waiting for so long; and
    // long
    // enough to be renewed in time where tests share two cores.
    environment.put("SLUICE_LEASE", "4s");
    environment.putAll(settings);
    consumedFrom = environment.get("RABBITMQ_URI");
  }

  /** Has the next starts begin here. */
  void begin(Beginning wished) {
    beginning = wished;
  }

  /** Has {@link #consume} read from here, where the pipeline takes another way to RabbitMQ. */
  void consumeFrom(String uri) {
    consumedFrom = uri;
  }

  Map<String, String> environment() {
    return environment;
  }

  String queue() {
    return environment.get("SLUICE_QUEUE");
  }

  String parkingQueue() {
    return queue() + ".parked";
  }

  String exchange() {
    return environment.get("SLUICE_EXCHANGE");
  }

  String database() {
    return environment.get("MONGO_DATABASE_NAME");
  }

  MongoCollection<BsonDocument> collection() {
    return other("scrabble");
  }

  /** Another collection of the same database. */
  MongoCollection<BsonDocument> other(String name) {
    return mongo.getDatabase(database()).getCollection(name, BsonDocument.class);
  }

  /** The watched collection, for documents whose bytes no codec is to look at. */
  MongoCollection<RawBsonDocument> raw() {
    return mongo.getDatabase(database()).getCollection("scrabble", RawBsonDocument.class);
  }

  /** Creates the watched collection as only this command can. */
  void createCollection(CreateCollectionOptions options) {
    mongo.getDatabase(database()).createCollection("scrabble", options);
  }

  void dropDatabase() {
    mongo.getDatabase(database()).drop();
  }

  MongoCollection<BsonDocument> checkpoints() {
    return mongo.getDatabase("sluice").getCollection("checkpoints", BsonDocument.class);
  }

  /** Starts, and waits until events flow. */
  PipelineUnderTest start() throws Exception {
    launch();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                ended.isDone() || states.stream().anyMatch(state -> state.startsWith("STREAMING")));
    if (ended.isDone()) {
      ended.get();
    }
    return this;
  }

  /** Starts, and waits for nothing. */
  void launch() {
    states.clear();
    wiring = new Wiring(SettingsReader.read(environment, Path.of("no-such-file")));
    pipeline = wiring.pipeline(beginning, this::note);
    ended = wiring.run(pipeline).toFuture();
  }

  /** All but the first, which says nothing. */
  private void note(PipelineState state, String reason) {
    if (state != PipelineState.STARTING) {
      states.add(state + ": " + reason);
    }
  }

  CompletableFuture<Void> ended() {
    return ended;
  }

  PipelineState state() {
    return pipeline.state();
  }

  /** Tells it to stop and waits for nothing. */
  void beginStop() {
    pipeline.stop();
  }

  /** Stops in order: drains, saves, closes. */
  void stop() throws Exception {
    pipeline.stop();
    ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    wiring.close();
    wiring = null;
  }

  /** The failure that it ends with; waits for it. */
  PipelineException failure() {
    await().atMost(PATIENCE).until(ended::isDone);
    assertThat(ended).isCompletedExceptionally();
    return ended.handle((nothing, failure) -> PipelineException.of(failure)).join();
  }

  /** Starts it again after it has failed. */
  PipelineUnderTest restart() throws Exception {
    failure();
    wiring.close();
    return start();
  }

  /** Waits until it has ended by a failure of this kind, and closes it. */
  PipelineException awaitFailed(FailureKind kind) {
    await().atMost(PATIENCE).until(ended::isDone);
    wiring.close();
    wiring = null;
    CompletionException failed = catchThrowableOfType(CompletionException.class, ended::join);
    assertThat(failed).cause().isInstanceOf(PipelineException.class);
    PipelineException failure = (PipelineException) failed.getCause();
    assertThat(failure.kind()).as(failure.getMessage()).isEqualTo(kind);
    return failure;
  }

  /** Takes everything from the queue, from now on. */
  void consume() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(consumedFrom);
    factory.setAutomaticRecoveryEnabled(false);
    consumer = factory.newConnection("test consumer");
    Channel channel = consumer.createChannel();
    channel.basicQos(1000);
    channel.basicConsume(
        queue(),
        false,
        (tag, delivery) -> {
          deliveries.add(delivery);
          channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        },
        tag -> {});
  }

  /** Leaves to the queue what comes from now on. */
  void stopConsuming() throws Exception {
    consumer.close();
  }

  void awaitDeliveries(int count) {
    await().atMost(PATIENCE).until(() -> deliveries.size() >= count);
  }

  @Override
  public void close() {
    if (wiring != null) {
      pipeline.stop();
      await().atMost(PATIENCE).until(ended::isDone);
      wiring.close();
    }
    removeTopology();
    dropDatabase();
    checkpoints().deleteOne(new BsonDocument("_id", new BsonString(queue())));
    mongo
        .getDatabase("sluice")
        .getCollection("requests")
        .deleteMany(new BsonDocument("pipeline", new BsonString(queue())));
    mongo.close();
  }

  private void removeTopology() {
    if (consumer != null) {
      consumer.abort();
    }
    removed(channel -> channel.queueDelete(queue()));
    removed(channel -> channel.queueDelete(parkingQueue()));
    if (!exchange().isEmpty()) {
      removed(channel -> channel.exchangeDelete(exchange()));
    }
  }

  private interface Removal {
    void on(Channel channel) throws IOException;
  }

  /** A pipeline that never came so far has declared nothing, which closes the channel on a 404. */
  private static void removed(Removal removal) {
    try (Connection connection = TestRabbit.shared().connect()) {
      removal.on(connection.createChannel());
    } catch (IOException | TimeoutException e) {
      assertThat(e).hasCauseInstanceOf(ShutdownSignalException.class);
    }
  }
}
