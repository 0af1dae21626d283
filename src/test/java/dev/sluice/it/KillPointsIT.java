package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.FaultyMongo;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TcpProxy;
import dev.sluice.testing.TestRabbit;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * SIGKILL of the shipped jar at the points where something is half done. Writes go on all the time;
 * nothing is lost, each document's events come in order, and a repeat is the same message.
 */
class KillPointsIT {
  /** Enough for each point to be met in different company; a start takes seconds. */
  private static final int KILLS = 2;

  private static final int KILLS_DURING_START = 5;

  /** Of events between two kills. */
  private static final int MOST_EVENTS = 300;

  /** A save is under way for so long, and the time between two is nothing beside it. */
  private static final Duration SLOW_SAVE = Duration.ofMillis(700);

  /** A renewal may take a third of it, and a slow one has to succeed. */
  private static final String LEASE_WITH_SLOW_RENEWALS = "6s";

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @BeforeEach
  void say() {
    System.out.println("KillPointsIT: seed " + seed);
  }

  private static Map<String, String> settings(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(IdenticalRepeats.COMPARABLE);
    all.putAll(more);
    return all;
  }

  private void awaitSomeMore(PipelineUnderTest sluice) {
    sluice.awaitDeliveries(sluice.deliveries.size() + 1 + random.nextInt(MOST_EVENTS));
  }

  /** All of it came out, and so much of it twice at the least. */
  private void check(PipelineUnderTest sluice, AcknowledgedWrites writes, int repeats)
      throws Exception {
    writes.goOn();
    writes.endAndCheck();
    assertThat(IdenticalRepeats.check(sluice.deliveries))
        .as("repeats, seed %d", seed)
        .isGreaterThanOrEqualTo(repeats);
  }

  @Test
  void behindPublishingAndBeforeTheConfirm() throws Exception {
    TestRabbit rabbit = TestRabbit.shared();
    try (TcpProxy network = TcpProxy.to(rabbit.host(), rabbit.port());
        PipelineUnderTest sluice = new PipelineUnderTest(settings(Map.of()))) {
      sluice
          .environment()
          .put(
              "RABBITMQ_URI",
              rabbit.uri().replaceFirst("@[^/]*", "@" + network.host() + ":" + network.port()));
      SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming();
      sluice.consume();
      try (AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
        for (int kill = 0; kill < KILLS; kill++) {
          awaitSomeMore(sluice);
          network.dropBytes(TcpProxy.Direction.SERVER_TO_CLIENT);
          // One of each document may be unconfirmed, so this is soon all that comes.
          int seen = sluice.deliveries.size();
          writes.goOn();
          await().atMost(PipelineUnderTest.PATIENCE).until(() -> sluice.deliveries.size() > seen);
          process.close();
          network.sever();
          network.thaw();
          process = SluiceProcess.run(sluice.environment()).awaitStreaming();
        }
        check(sluice, writes, KILLS);
        assertThat(process.terminate()).isZero();
      } finally {
        process.close();
      }
    }
  }

  /** A document's next event is published only when the one before is confirmed. */
  @Test
  void behindTheConfirmAndBeforeThePositionIsSaved() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(settings(Map.of("SLUICE_CHECKPOINT_INTERVAL", "1h")))) {
      SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming();
      sluice.consume();
      try (AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
        int before = 0;
        for (int kill = 0; kill < KILLS; kill++) {
          awaitSomeMore(sluice);
          process.close();
          before = sluice.deliveries.size();
          process = SluiceProcess.run(sluice.environment()).awaitStreaming();
        }
        int first = before;
        await()
            .atMost(PipelineUnderTest.PATIENCE)
            .until(() -> sluice.deliveries.size() > 2 * first);
        check(sluice, writes, first);
        assertThat(process.terminate()).isZero();
      } finally {
        process.close();
      }
    }
  }

  @Test
  void whileThePositionIsBeingWritten() throws Exception {
    try (FaultyMongo mongo = FaultyMongo.launch();
        PipelineUnderTest sluice =
            new PipelineUnderTest(
                mongo.uri(),
                settings(
                    Map.of(
                        "SLUICE_CHECKPOINT_INTERVAL",
                        "10ms",
                        "SLUICE_LEASE",
                        LEASE_WITH_SLOW_RENEWALS)))) {
      SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming();
      sluice.consume();
      try (AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
        for (int kill = 0; kill < KILLS; kill++) {
          mongo.delayCommand(SLOW_SAVE, "update");
          BsonDocument saved = position(sluice);
          await().atMost(PipelineUnderTest.PATIENCE).until(() -> !position(sluice).equals(saved));
          awaitSomeMore(sluice);
          process.close();
          mongo.lift();
          process = SluiceProcess.run(sluice.environment()).awaitStreaming();
        }
        check(sluice, writes, 1);
        assertThat(process.terminate()).isZero();
      } finally {
        process.close();
      }
    }
  }

  private static BsonDocument position(PipelineUnderTest sluice) {
    return sluice
        .checkpoints()
        .find(new BsonDocument("_id", new BsonString(sluice.queue())))
        .first()
        .getDocument("position");
  }

  /** From the first instant of the process to the moment in which events flow. */
  @Test
  void duringTheStart() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings(Map.of()))) {
      long began = System.nanoTime();
      SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming();
      int startMillis = (int) TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      sluice.consume();
      try (AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
        process.close();
        for (int kill = 0; kill < KILLS_DURING_START; kill++) {
          process = SluiceProcess.run(sluice.environment());
          boolean ended =
              process.process().waitFor(random.nextInt(startMillis), TimeUnit.MILLISECONDS);
          assertThat(ended).as("%s, seed %d", process.log(), seed).isFalse();
          process.close();
        }
        process = SluiceProcess.run(sluice.environment()).awaitStreaming();
        check(sluice, writes, 0);
        assertThat(process.terminate()).isZero();
      } finally {
        process.close();
      }
    }
  }
}
