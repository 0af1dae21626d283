package dev.sluice.it;

import static dev.sluice.it.FaultyRabbit.PATIENCE;
import static dev.sluice.it.FaultyRabbit.at;
import static dev.sluice.it.FaultyRabbit.insert;
import static dev.sluice.it.FaultyRabbit.pipeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.testing.RabbitNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A message that RabbitMQ does not take costs no more than itself: nothing else is repeated. */
class RefusedMessagesIT {
  private static RabbitNode node;

  @BeforeAll
  static void takeNode() {
    node = FaultyRabbit.node();
  }

  private static void limit(PipelineUnderTest sluice, int messages) {
    node.setPolicy(
        sluice.queue(),
        "^" + sluice.queue() + "$",
        "{\"max-length\": " + messages + ", \"overflow\": \"reject-publish\"}");
  }

  private static void awaitRead(PacedReader reader, int events) {
    await().atMost(PATIENCE).until(() -> reader.events() >= events);
  }

  /** All that lies in the queue, by message-id. */
  private static List<String> drained(String queue) throws Exception {
    List<String> ids = new ArrayList<>();
    try (Connection connection = node.connect();
        Channel channel = connection.createChannel()) {
      GetResponse message = channel.basicGet(queue, true);
      while (message != null) {
        ids.add(message.getProps().getMessageId());
        message = channel.basicGet(queue, true);
      }
    }
    return ids;
  }

  /**
   * Inserts until the queue refuses, and some more. A quorum queue knows only after a while that it
   * is full, and takes what comes until then.
   *
   * @return how many documents
   */
  private static int fill(PipelineUnderTest sluice) {
    limit(sluice, 3);
    AtomicInteger documents = new AtomicInteger();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              insert(sluice, documents.get(), documents.incrementAndGet());
              return sluice.state() == PipelineState.THROTTLED;
            });
    insert(sluice, documents.get(), documents.addAndGet(7));
    return documents.get();
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "quorum"})
  void aQueueOfThreeThatIsReadSlowlyGetsEachEventOnce(String type) throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of("SLUICE_QUEUE_TYPE", type)).start()) {
      int events = fill(sluice);

      try (PacedReader reader = new PacedReader(node, sluice.queue(), 10)) {
        awaitRead(reader, events);
        sluice.stop();
        assertThat(reader.repeats()).isZero();
      }
      assertThat(drained(sluice.queue())).isEmpty();
      assertThat(sluice.states).noneMatch(state -> state.startsWith("BACKING_OFF"));
      node.clearPolicy(sluice.queue());
    }
  }

  @ParameterizedTest
  @CsvSource({"classic, 1", "quorum, 1", "classic, 4"})
  void aQueueThatIsKeptFullGetsEachOfManyEventsOnce(String type, int lanes) throws Exception {
    int events = 1_500; // Three times what the queue holds.
    try (PipelineUnderTest sluice =
        pipeline(Map.of("SLUICE_QUEUE_TYPE", type, "SLUICE_LANES", Integer.toString(lanes)))
            .start()) {
      limit(sluice, 500);
      insert(sluice, 0, events);
      FaultyRabbit.awaitState(sluice, PipelineState.THROTTLED);

      try (PacedReader reader = new PacedReader(node, sluice.queue(), 200)) {
        awaitRead(reader, events);
        sluice.stop();
        assertThat(reader.repeats()).isZero();
      }
      assertThat(drained(sluice.queue())).isEmpty();
      assertThat(sluice.states).filteredOn(state -> state.startsWith("THROTTLED")).hasSize(1);
      node.clearPolicy(sluice.queue());
    }
  }

  @Test
  void aStopWhileTheQueueIsFullEndsInTimeAndTheNextStartGoesOn() throws Exception {
    try (PipelineUnderTest sluice = pipeline(FaultyRabbit.SHORT_DRAIN).start()) {
      int events = fill(sluice);

      FaultyRabbit.assertStopsInTime(sluice);
      node.clearPolicy(sluice.queue());
      sluice.start();
      sluice.consume();

      FaultyRabbit.awaitAll(sluice, events);
    }
  }

  @Test
  void messagesThatNoQueueTakesAreParkedAndTheirNeighboursAreNotRepeated() throws Exception {
    int documents = 300;
    try (PipelineUnderTest sluice = pipeline(Map.of("SLUICE_ON_UNROUTABLE", "park")).start()) {
      at(node, channel -> onlyInserts(channel, sluice));
      insertAndDelete(sluice, documents);

      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  node.queueMessages(sluice.queue()) + node.queueMessages(sluice.parkingQueue())
                      >= 2 * documents);
      sluice.stop();

      List<String> parked = drained(sluice.parkingQueue());
      List<String> all = drained(sluice.queue());
      all.addAll(parked);
      assertThat(parked).isNotEmpty();
      assertThat(all).hasSize(2 * documents).doesNotHaveDuplicates();
    }
  }

  private static void onlyInserts(Channel channel, PipelineUnderTest sluice) throws IOException {
    channel.queueBind(sluice.queue(), sluice.exchange(), "#.insert");
    channel.queueUnbind(sluice.queue(), sluice.exchange(), "#");
  }

  private static void insertAndDelete(PipelineUnderTest sluice, int documents) {
    for (int id = 0; id < documents; id++) {
      BsonDocument document = new BsonDocument("_id", new BsonInt32(id));
      sluice.collection().insertOne(document);
      sluice.collection().deleteOne(document);
    }
  }

  @Test
  void messagesThatAreTooLargeForRabbitMqAreParkedAndTheirNeighboursAreNotRepeated()
      throws Exception {
    int events = 300;
    try (PipelineUnderTest sluice = pipeline(Map.of("SLUICE_ON_POISON", "park"))) {
      // Before the start: RabbitMQ looks at the limit when a channel is opened.
      try (RabbitNode.Fault limit = node.maxMessageBytes(100_000)) {
        sluice.start();
        List<BsonDocument> documents = new ArrayList<>();
        for (int id = 0; id < events; id++) {
          documents.add(
              new BsonDocument("_id", new BsonInt32(id))
                  .append("filler", new BsonString("x".repeat(id % 100 == 50 ? 200_000 : 10))));
        }
        sluice.collection().insertMany(documents);
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    node.queueMessages(sluice.queue()) + node.queueMessages(sluice.parkingQueue())
                        >= events);
        sluice.stop();
      }

      List<String> parked = drained(sluice.parkingQueue());
      List<String> all = drained(sluice.queue());
      all.addAll(parked);
      assertThat(parked).hasSize(3);
      assertThat(all).hasSize(events).doesNotHaveDuplicates();
    }
  }
}
