package dev.sluice.it;

import static dev.sluice.it.FaultyRabbit.SHORT_DRAIN;
import static dev.sluice.it.FaultyRabbit.assertStopsInTime;
import static dev.sluice.it.FaultyRabbit.awaitAll;
import static dev.sluice.it.FaultyRabbit.awaitState;
import static dev.sluice.it.FaultyRabbit.distinct;
import static dev.sluice.it.FaultyRabbit.insert;
import static dev.sluice.it.FaultyRabbit.pipeline;
import static dev.sluice.it.FaultyRabbit.pipelineThrough;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.Updates;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TcpProxy;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** RabbitMQ short of memory or disk: it takes nothing and says so. */
class BrokerAlarmsIT {
  /** Three times the confirm timeout that these tests set. */
  private static final Duration LONGER_THAN_THE_CONFIRM_TIMEOUT = Duration.ofSeconds(3);

  private static final Map<String, String> SHORT_CONFIRM_TIMEOUT =
      Map.of("SLUICE_CONFIRM_TIMEOUT", "1s");

  private static RabbitNode node;

  @BeforeAll
  static void takeNode() {
    node = FaultyRabbit.node();
  }

  @Test
  void memoryAlarmForLongerThanTheConfirmTimeout() throws Exception {
    outlasts(node::memoryAlarm);
  }

  @Test
  void diskAlarmForLongerThanTheConfirmTimeout() throws Exception {
    outlasts(node::diskAlarm);
  }

  private static void outlasts(Supplier<RabbitNode.Fault> fault) throws Exception {
    try (PipelineUnderTest sluice = pipeline(SHORT_CONFIRM_TIMEOUT).start()) {
      try (RabbitNode.Fault alarm = fault.get()) {
        insert(sluice, 0, 2_000);
        awaitState(sluice, PipelineState.BLOCKED);
        await()
            .during(LONGER_THAN_THE_CONFIRM_TIMEOUT)
            .atMost(LONGER_THAN_THE_CONFIRM_TIMEOUT.multipliedBy(2))
            .until(() -> sluice.state() == PipelineState.BLOCKED);
      }
      sluice.consume();

      awaitAll(sluice, 2_000);
      assertThat(distinct(sluice.deliveries)).isEqualTo(sluice.deliveries.size());
    }
  }

  @Test
  void alarmThatIsThereWhenThePipelineStarts() throws Exception {
    try (PipelineUnderTest sluice = pipeline(SHORT_CONFIRM_TIMEOUT).start()) {
      sluice.stop();
      insert(sluice, 0, 500);
      try (RabbitNode.Fault alarm = node.memoryAlarm()) {
        sluice.start();
        awaitState(sluice, PipelineState.BLOCKED);
        await()
            .during(LONGER_THAN_THE_CONFIRM_TIMEOUT)
            .atMost(LONGER_THAN_THE_CONFIRM_TIMEOUT.multipliedBy(2))
            .until(() -> sluice.state() == PipelineState.BLOCKED);
      }
      sluice.consume();

      awaitAll(sluice, 500);
    }
  }

  /** The alarm comes at another moment of the start each time: before, during, after it. */
  @Test
  void alarmThatBeginsWhileThePipelineStarts() throws Exception {
    try (PipelineUnderTest sluice = pipeline(SHORT_CONFIRM_TIMEOUT).start()) {
      int events = 0;
      for (int i = 0; i < 3; i++) {
        sluice.stop();
        insert(sluice, events, events += 500);
        sluice.launch();
        try (RabbitNode.Fault alarm = node.memoryAlarm()) {
          insert(sluice, events, events += 500);
          awaitState(sluice, PipelineState.BLOCKED);
        }
        awaitState(sluice, PipelineState.STREAMING);
      }
      sluice.consume();

      awaitAll(sluice, events);
    }
  }

  /** With the first confirm held back, the drain is still under way when the alarm comes. */
  @Test
  void alarmDuringTheDrain() throws Exception {
    int changes = 100;
    try (TcpProxy proxy = TcpProxy.to(node.host(), node.port());
        PipelineUnderTest sluice = pipelineThrough(proxy, SHORT_DRAIN).start()) {
      proxy.freeze(TcpProxy.Direction.SERVER_TO_CLIENT);
      sluice
          .collection()
          .insertOne(new BsonDocument("_id", new BsonInt32(0)).append("n", new BsonInt32(0)));
      for (int n = 1; n <= changes; n++) {
        sluice.collection().updateOne(new BsonDocument(), Updates.set("n", n));
      }
      await().until(() -> node.queueMessages(sluice.queue()) == 1);
      sluice.beginStop();
      try (RabbitNode.Fault alarm = node.memoryAlarm()) {
        proxy.thaw();
        assertStopsInTime(sluice);
      }
      sluice.start();
      sluice.consume();

      await().atMost(FaultyRabbit.PATIENCE).until(() -> distinct(sluice.deliveries) >= changes + 1);
      OrderPerDocument.check(sluice.deliveries, 1, changes);
    }
  }

  @Test
  void stopDuringAMemoryAlarmEndsInTime() throws Exception {
    try (PipelineUnderTest sluice = pipeline(SHORT_DRAIN).start()) {
      try (RabbitNode.Fault alarm = node.memoryAlarm()) {
        insert(sluice, 0, 2_000);
        awaitState(sluice, PipelineState.BLOCKED);

        assertStopsInTime(sluice);
      }
      sluice.start();
      sluice.consume();

      awaitAll(sluice, 2_000);
    }
  }

  /** The alarm ends with the connection: the next one is not blocked and must not believe it is. */
  @Test
  void connectionClosedDuringAnAlarm() throws Exception {
    try (PipelineUnderTest sluice = pipeline(Map.of()).start()) {
      try (RabbitNode.Fault alarm = node.memoryAlarm()) {
        insert(sluice, 0, 500);
        awaitState(sluice, PipelineState.BLOCKED);
        node.closeAllConnections("for a test");
        FaultyRabbit.awaitFailure(sluice, "CONNECTION_FORCED");
        insert(sluice, 500, 1_000);
      }
      sluice.consume();

      awaitAll(sluice, 1_000);
    }
  }
}
