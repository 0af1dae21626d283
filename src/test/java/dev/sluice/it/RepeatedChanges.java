package dev.sluice.it;

import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.testing.TcpProxy;
import dev.sluice.testing.TestRabbit;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonDocument;
import org.bson.BsonInt32;

/**
 * A pipeline whose messages are repeated: RabbitMQ takes them, its confirms are lost, and Sluice
 * publishes them again. Documents {@code {_id, n}} come, count up, go and come back.
 */
final class RepeatedChanges implements AutoCloseable {
  private static final int KEYS = 8;
  private static final int ROUNDS = 4;
  private static final int CHANGES = 40;
  private static final int FIRST_NEW_KEY = 1_000;

  private final TcpProxy proxy =
      TcpProxy.to(TestRabbit.shared().host(), TestRabbit.shared().port());
  private final Random random;
  private final PipelineUnderTest sluice;
  private final Connection spy = TestRabbit.shared().connect();
  private final Set<String> published = ConcurrentHashMap.newKeySet();
  private final AtomicInteger repeats = new AtomicInteger();
  private int made;

  RepeatedChanges(long seed) throws Exception {
    random = new Random(seed);
    String direct = TestRabbit.shared().uri();
    String through = direct.replaceFirst("@[^/]*", "@" + proxy.host() + ":" + proxy.port());
    sluice = new PipelineUnderTest(Map.of("RABBITMQ_URI", through)).start();
    Channel channel = spy.createChannel();
    String all = channel.queueDeclare().getQueue();
    channel.queueBind(all, sluice.exchange(), "#");
    channel.basicConsume(
        all,
        true,
        (tag, delivery) -> {
          if (!published.add(delivery.getProperties().getMessageId())) {
            repeats.incrementAndGet();
          }
        },
        tag -> {});
  }

  String queue() {
    return sluice.queue();
  }

  String exchange() {
    return sluice.exchange();
  }

  /** How many messages were published again so far. */
  int repeats() {
    return repeats.get();
  }

  MongoCollection<BsonDocument> collection() {
    return sluice.collection();
  }

  /** The n of each document that is there. */
  Map<String, Integer> state() {
    Map<String, Integer> state = new TreeMap<>();
    for (BsonDocument document : collection().find()) {
      state.put(
          Integer.toString(document.getInt32("_id").getValue()), document.getInt32("n").getValue());
    }
    return state;
  }

  void make() {
    for (int round = 0; round < ROUNDS; round++) {
      change();
      awaitPublished();
      proxy.dropBytes(TcpProxy.Direction.SERVER_TO_CLIENT);
      // RabbitMQ has this one, and Sluice does not know. A change of a document that waits for its
      // confirm would not get so far.
      insert(FIRST_NEW_KEY + made);
      awaitPublished();
      change();
      proxy.sever();
      proxy.thaw();
    }
  }

  private void awaitPublished() {
    await().atMost(FaultyRabbit.PATIENCE).until(() -> published.size() == made);
  }

  void insert(int key) {
    collection()
        .insertOne(new BsonDocument("_id", new BsonInt32(key)).append("n", new BsonInt32(0)));
    made++;
  }

  private void change() {
    for (int i = 0; i < CHANGES; i++) {
      BsonInt32 id = new BsonInt32(random.nextInt(KEYS));
      if (collection().countDocuments(Filters.eq(id)) == 0) {
        insert(id.getValue());
      } else if (random.nextInt(10) == 0) {
        collection().deleteOne(Filters.eq(id));
        made++;
      } else {
        collection().updateOne(Filters.eq(id), Updates.inc("n", 1));
        made++;
      }
    }
  }

  @Override
  public void close() {
    spy.abort();
    sluice.close();
    proxy.close();
  }
}
