package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.TcpProxy;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;

/** What can happen to a replica set and to the way to it, done to one of our own. */
class MongoFaultsIT extends OnFaultyMongo {
  /**
   * A monitor notices a silent server after the connect time-out and one heartbeat: 2.5 s here
   * rather than 15 s.
   */
  private static final String QUICK_MONITOR = "heartbeatFrequencyMS=500&connectTimeoutMS=2000";

  /** Or the test's own writer would wait for a silent server without any limit. */
  private static final String QUICK_WRITER = "socketTimeoutMS=3000&" + QUICK_MONITOR;

  /**
   * Longer than the 5 s for which Sluice looks for a primary before it says so, and than a lease of
   * some seconds; whatever goes wrong in 30 s goes wrong in this.
   */
  private static final Duration NO_PRIMARY = Duration.ofSeconds(7);

  /** Longer than the 4 s after which a save of the position is given up. */
  private static final Duration NO_SAVE = Duration.ofSeconds(5);

  private interface Happening {
    void happen(PipelineUnderTest sluice) throws Exception;
  }

  /** Writes before, during and after it all come out. */
  private static void survives(String uri, Happening fault) throws Exception {
    try (PipelineUnderTest sluice =
            new PipelineUnderTest(mongo.uriWith(QUICK_WRITER), Map.of("MONGO_DATABASE_HOST", uri))
                .start();
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      fault.happen(sluice);
      mongo.heal();
      writes.goOn();
      writes.endAndCheck();
      assertThat(sluice.ended()).isNotDone();
    }
  }

  private static void awaitBackingOff(PipelineUnderTest sluice) {
    await()
        .atMost(AcknowledgedWrites.PATIENCE)
        .until(() -> sluice.states.stream().anyMatch(state -> state.startsWith("BACKING_OFF")));
  }

  @Test
  void stepDown() throws Exception {
    survives(mongo.uri(), sluice -> mongo.stepDown());
  }

  @Test
  void threeStepDownsInARow() throws Exception {
    survives(
        mongo.uri(),
        sluice -> {
          for (int i = 0; i < 3; i++) {
            mongo.stepDown();
          }
        });
  }

  @Test
  void primaryKilledAndRestarted() throws Exception {
    survives(
        mongo.uri(),
        sluice -> {
          int killed = mongo.primary();
          mongo.kill(killed);
          assertThat(mongo.primary()).isNotEqualTo(killed);
          mongo.start(killed);
        });
  }

  @Test
  void noPrimaryForLongerThanAnybodyWaits() throws Exception {
    survives(
        mongo.uri(),
        sluice -> {
          mongo.kill(mongo.primary());
          mongo.kill(mongo.primary());
          awaitBackingOff(sluice);
          lastsFor(NO_PRIMARY, sluice);
        });
  }

  @Test
  void noPrimaryThoughTheLastOneStillAnswers() throws Exception {
    survives(
        mongo.uri(),
        sluice -> {
          int primary = mongo.primary();
          for (int member = 0; member < mongo.size(); member++) {
            if (member != primary) {
              mongo.kill(member);
            }
          }
          // The stream stays where it is and there is nothing to read; saving is what fails.
          lastsFor(NO_SAVE, sluice);
        });
  }

  private static void lastsFor(Duration time, PipelineUnderTest sluice) {
    await().during(time).atMost(time.plusSeconds(30)).until(() -> !sluice.ended().isDone());
  }

  @Test
  void allNodesRestarted() throws Exception {
    survives(
        mongo.uri(),
        sluice -> {
          for (int member = 0; member < mongo.size(); member++) {
            mongo.kill(member);
          }
          awaitBackingOff(sluice);
          for (int member = 0; member < mongo.size(); member++) {
            mongo.start(member);
          }
        });
  }

  @Test
  void everyNodeRestartedOneAfterTheOther() throws Exception {
    survives(
        mongo.uri(),
        sluice -> {
          for (int member = 0; member < mongo.size(); member++) {
            mongo.kill(member);
            mongo.primary();
            mongo.start(member);
          }
        });
  }

  @Test
  void primaryFallsSilentAndAnotherTakesOver() throws Exception {
    survives(
        mongo.uriWith(QUICK_MONITOR),
        sluice -> {
          int silent = mongo.primary();
          mongo.silence(silent);
          assertThat(mongo.primary()).isNotEqualTo(silent);
          int before = sluice.deliveries.size();
          // While it is still silent: nobody comes to wake the stream that waits for it.
          await()
              .atMost(AcknowledgedWrites.PATIENCE)
              .until(() -> sluice.deliveries.size() > before + 50);
        });
  }

  @Test
  void serverFallsSilentAndIsTheOnlyOne() throws Exception {
    try (TcpProxy network = mongo.proxyToPrimary()) {
      survives(
          mongo.uriThrough(network, QUICK_MONITOR),
          sluice -> {
            network.freeze();
            awaitBackingOff(sluice);
            network.sever();
            network.thaw();
          });
    }
  }

  @Test
  void connectionsDropMidBatch() throws Exception {
    int events = 3_000;
    String filler = "x".repeat(500);
    try (TcpProxy network = mongo.proxyToPrimary();
        PipelineUnderTest sluice =
            new PipelineUnderTest(
                    mongo.uri(),
                    Map.of("MONGO_DATABASE_HOST", mongo.uriThrough(network, QUICK_MONITOR)))
                .start()) {
      sluice.consume();
      sluice.stop();
      sluice
          .collection()
          .insertMany(
              IntStream.range(0, events)
                  .mapToObj(
                      i ->
                          new BsonDocument("_id", new BsonInt32(i))
                              .append("filler", new BsonString(filler)))
                  .toList());
      sluice.launch();

      // A reply is some 400 kB: each time another part of one, or of the command before, is cut
      // off.
      for (int bytes = 1_000; bytes < 800_000; bytes *= 3) {
        network.swallowServerToClient(bytes);
        int until = sluice.deliveries.size() + 1;
        await()
            .atMost(Duration.ofSeconds(2))
            .pollInSameThread()
            .until(() -> sluice.deliveries.size() >= until || network.connections() > 1);
        network.sever();
        network.thaw();
      }

      await()
          .atMost(AcknowledgedWrites.PATIENCE)
          .until(
              () ->
                  sluice.deliveries.stream()
                          .map(delivery -> delivery.getProperties().getMessageId())
                          .distinct()
                          .count()
                      >= events);
      assertThat(
              sluice.deliveries.stream()
                  .map(delivery -> delivery.getProperties().getHeaders().get("id").toString())
                  .distinct()
                  .map(Integer::valueOf))
          .containsExactlyElementsOf(IntStream.range(0, events).boxed().toList());
    }
  }

  @Test
  void corruptReplyToGetMore() throws Exception {
    survives(
        mongo.uri(),
        sluice -> {
          mongo.corruptReply("getMore");
          awaitBackingOff(sluice);
        });
  }

  @Test
  void corruptReplyToTheSavingOfThePosition() throws Exception {
    survives(
        mongo.uri(),
        sluice -> {
          for (int i = 0; i < 5; i++) {
            // It may meet the writer, who tries again as well.
            mongo.corruptReply("update");
          }
        });
  }
}
