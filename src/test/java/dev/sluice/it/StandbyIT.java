package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.testing.FaultyMongo;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TestRabbit;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;

/** Several processes of the shipped jar under one pipeline name: one works, the others wait. */
class StandbyIT {
  /** Much longer than any test waits: whoever takes over was given the lease. */
  private static final Map<String, String> ENDLESS_LEASE = Map.of("SLUICE_LEASE", "10m");

  /** Renewals every second: a busy machine does not keep a process from them for two of them. */
  private static final Duration LEASE = Duration.ofSeconds(3);

  /** What docs/STANDBY.md promises for the default lease. */
  private static final Duration TAKEN_OVER_WITHIN = Duration.ofSeconds(10);

  private static Map<String, String> settings(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(IdenticalRepeats.COMPARABLE);
    all.put("SLUICE_LEASE", LEASE.toMillis() + "ms");
    all.putAll(more);
    return all;
  }

  private static SluiceProcess startStandby(PipelineUnderTest sluice) throws IOException {
    return SluiceProcess.run(sluice.environment()).awaitLog("STANDBY");
  }

  private static long count(SluiceProcess process, String state) {
    return process.log().lines().filter(line -> line.contains(" " + state + ": ")).count();
  }

  private static boolean hasStreamed(SluiceProcess process) {
    return count(process, "STREAMING") > 0;
  }

  private static BsonDocument checkpoint(PipelineUnderTest sluice) {
    return sluice.checkpoints().find(mine(sluice)).first();
  }

  private static BsonDocument mine(PipelineUnderTest sluice) {
    return new BsonDocument("_id", new BsonString(sluice.queue()));
  }

  private static boolean isHeldBy(PipelineUnderTest sluice, SluiceProcess process) {
    String owner = checkpoint(sluice).getDocument("lease").getString("owner").getValue();
    return owner.startsWith("process " + process.process().pid() + " on ");
  }

  @Test
  void oneOfThreeWorksAndAnotherTakesOverAtOnceWhenItIsToldToStop() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings(ENDLESS_LEASE));
        SluiceProcess active = SluiceProcess.run(sluice.environment()).awaitStreaming();
        SluiceProcess second = SluiceProcess.run(sluice.environment());
        SluiceProcess third = SluiceProcess.run(sluice.environment());
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      List.of(second, third).forEach(process -> process.awaitLog("STANDBY"));
      writes.goOn();
      assertThat(isHeldBy(sluice, active)).isTrue();
      assertThat(List.of(second, third)).noneMatch(StandbyIT::hasStreamed);

      assertThat(active.terminate()).isZero();
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> hasStreamed(second) || hasStreamed(third));
      writes.goOn();
      writes.endAndCheck();

      assertThat(IdenticalRepeats.check(sluice.deliveries)).as("repeats").isZero();
      assertThat(hasStreamed(second)).isNotEqualTo(hasStreamed(third));
    }
  }

  @Test
  void eachTakesOverFromTheOneThatWasKilledAndNothingIsLost() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings(Map.of()))) {
      List<SluiceProcess> standby = new ArrayList<>();
      SluiceProcess active = SluiceProcess.run(sluice.environment()).awaitStreaming();
      standby.add(SluiceProcess.run(sluice.environment()));
      standby.add(SluiceProcess.run(sluice.environment()));
      standby.forEach(process -> process.awaitLog("STANDBY"));
      sluice.consume();
      try (AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
        while (!standby.isEmpty()) {
          writes.goOn();
          active.close();
          await()
              .atMost(LEASE.plus(PipelineUnderTest.PATIENCE))
              .until(() -> standby.stream().anyMatch(StandbyIT::hasStreamed));
          active = standby.stream().filter(StandbyIT::hasStreamed).findFirst().orElseThrow();
          standby.remove(active);
          assertThat(standby).noneMatch(StandbyIT::hasStreamed);
        }
        writes.goOn();
        writes.endAndCheck();
        IdenticalRepeats.check(sluice.deliveries);
        assertThat(active.terminate()).isZero();
      } finally {
        standby.forEach(SluiceProcess::close);
        active.close();
      }
    }
  }

  @Test
  void aKilledOneIsFollowedWithinTenSecondsUnderTheDefaultLease() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      sluice.environment().remove("SLUICE_LEASE");
      try (SluiceProcess active = SluiceProcess.run(sluice.environment()).awaitStreaming();
          SluiceProcess standby = startStandby(sluice)) {
        sluice.consume();
        active.kill();
        sluice.collection().insertOne(new BsonDocument("_id", new BsonInt32(1)));

        await().atMost(TAKEN_OVER_WITHIN).until(() -> sluice.deliveries.size() == 1);
        assertThat(hasStreamed(standby)).isTrue();
      }
    }
  }

  /**
   * Each process publishes through an exchange of its own, so that a message tells who has sent it.
   * The paused one has thousands of events at hand when it wakes up. That another has taken over is
   * all that the length of the pause is for, so a few leases do what a minute would.
   */
  @Test
  void aPausedOneThatWakesPublishesOneMessageAtTheMostAndStandsBy() throws Exception {
    int backlog = 10_000;
    int later = 200;
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings(Map.of()));
        SluiceProcess paused = SluiceProcess.run(sluice.environment()).awaitStreaming();
        OwnExchange exchange = new OwnExchange(sluice);
        SluiceProcess other = SluiceProcess.run(exchange.environment()).awaitLog("STANDBY")) {
      sluice.consume();
      FaultyRabbit.insert(sluice, 0, backlog);
      sluice.awaitDeliveries(1);
      paused.pause();
      BsonDocument before = checkpoint(sluice);
      other.awaitStreaming();
      FaultyRabbit.insert(sluice, backlog, backlog + later);
      FaultyRabbit.awaitAll(sluice, backlog + later);
      awaitPassed(sluice, before, LEASE.multipliedBy(2));
      long sentBefore = sentBy(sluice, sluice.exchange());
      assertThat(sentBefore).as("was paused in the middle of its work").isLessThan(backlog);

      paused.resume();
      // It has thousands of events at hand and everything to set up anew; on a machine that has
      // other work that took half a minute.
      await()
          .atMost(PipelineUnderTest.PATIENCE.multipliedBy(2))
          .until(() -> count(paused, "STANDBY") > 0);
      FaultyRabbit.insert(sluice, backlog + later, backlog + 2 * later);
      FaultyRabbit.awaitAll(sluice, backlog + 2 * later);
      assertThat(sentBy(sluice, sluice.exchange())).isBetween(sentBefore, sentBefore + 1);
      assertThat(isHeldBy(sluice, other)).isTrue();
      assertThat(checkpoint(sluice).getInt64("epoch"))
          .as("claimed by nobody but the other")
          .isEqualTo(new BsonInt64(before.getInt64("epoch").getValue() + 1));

      other.kill();
      await().atMost(PipelineUnderTest.PATIENCE).until(() -> count(paused, "STREAMING") > 1);
      FaultyRabbit.insert(sluice, backlog + 2 * later, backlog + 3 * later);
      FaultyRabbit.awaitAll(sluice, backlog + 3 * later);
      IdenticalRepeats.check(sluice.deliveries);
      assertThat(paused.terminate()).isZero();
    }
  }

  private static long sentBy(PipelineUnderTest sluice, String exchange) {
    return sluice.deliveries.stream()
        .filter(delivery -> delivery.getEnvelope().getExchange().equals(exchange))
        .count();
  }

  /** By the server's clock, which is what leases are measured by. */
  private static void awaitPassed(PipelineUnderTest sluice, BsonDocument since, Duration time) {
    long until = leaseEnd(since) + time.toMillis();
    await()
        .atMost(time.plus(PipelineUnderTest.PATIENCE))
        .until(() -> leaseEnd(checkpoint(sluice)) >= until);
  }

  private static long leaseEnd(BsonDocument checkpoint) {
    return checkpoint.getDocument("lease").getDateTime("until").getValue();
  }

  /** For a second process; ends in the queue of the first. */
  private record OwnExchange(PipelineUnderTest sluice) implements AutoCloseable {
    private String name() {
      return sluice.exchange() + "-other";
    }

    Map<String, String> environment() {
      Map<String, String> environment = new HashMap<>(sluice.environment());
      environment.put("SLUICE_EXCHANGE", name());
      return environment;
    }

    @Override
    public void close() throws IOException, TimeoutException {
      try (Connection connection = TestRabbit.shared().connect();
          Channel channel = connection.createChannel()) {
        channel.exchangeDelete(name());
      }
    }
  }

  @Test
  void theCheckpointIsDeletedWhileOneWorksAndOneStandsBy() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings(Map.of()));
        SluiceProcess one = SluiceProcess.run(sluice.environment()).awaitStreaming();
        SluiceProcess two = startStandby(sluice);
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      for (int i = 0; i < 3; i++) {
        writes.goOn();
        sluice.checkpoints().deleteOne(mine(sluice));
        await().atMost(PipelineUnderTest.PATIENCE).until(() -> checkpoint(sluice) != null);
      }
      writes.goOn();
      writes.endAndCheck();

      IdenticalRepeats.check(sluice.deliveries);
      assertThat(List.of(one, two)).allMatch(SluiceProcess::isAlive);
      assertThat(List.of(one.terminate(), two.terminate())).containsOnly(0);
    }
  }

  /** Neither can renew or claim: whoever comes first afterwards works, and only one does. */
  @Test
  void noPrimaryForLongerThanTheLeaseLeavesOneAtWork() throws Exception {
    try (FaultyMongo mongo = FaultyMongo.launch();
        PipelineUnderTest sluice = new PipelineUnderTest(mongo.uri(), settings(Map.of()));
        SluiceProcess one = SluiceProcess.run(sluice.environment()).awaitStreaming();
        SluiceProcess two = startStandby(sluice);
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      long workedBefore = count(one, "STREAMING");
      mongo.kill(mongo.primary());
      mongo.kill(mongo.primary());
      await()
          .during(LEASE.multipliedBy(2))
          .atMost(LEASE.multipliedBy(2).plus(PipelineUnderTest.PATIENCE))
          .until(() -> !hasStreamed(two) && count(one, "STREAMING") == workedBefore);
      mongo.heal();
      writes.goOn();
      writes.endAndCheck();

      IdenticalRepeats.check(sluice.deliveries);
      assertThat(isHeldBy(sluice, one)).isNotEqualTo(isHeldBy(sluice, two));
      SluiceProcess active = isHeldBy(sluice, one) ? one : two;
      SluiceProcess standby = active == one ? two : one;
      await().atMost(PipelineUnderTest.PATIENCE).until(() -> lastState(active).equals("STREAMING"));
      await().atMost(PipelineUnderTest.PATIENCE).until(() -> lastState(standby).equals("STANDBY"));
    }
  }

  /** The newest line about a change of state names it. */
  private static String lastState(SluiceProcess process) {
    return process
        .log()
        .lines()
        .filter(line -> line.contains("PipelineSupervisor - "))
        .map(line -> line.replaceAll(".*PipelineSupervisor - ([A-Z_]+): .*", "$1"))
        .reduce("", (before, last) -> last);
  }
}
