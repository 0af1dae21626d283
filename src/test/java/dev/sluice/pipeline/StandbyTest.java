package dev.sluice.pipeline;

import static dev.sluice.testing.Events.behind;
import static dev.sluice.testing.Events.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.InMemoryCheckpoints;
import dev.sluice.testing.ScriptedParts;
import dev.sluice.testing.ScriptedPublisher;
import dev.sluice.testing.ScriptedSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One of several instances: waiting, taking over, and learning that it was taken over from. */
class StandbyTest {
  private final ScriptedParts parts = new ScriptedParts();
  private final ScriptedSource source = parts.source;
  private final ScriptedPublisher publisher = parts.publisher;
  private final InMemoryCheckpoints checkpoints = parts.checkpoints;

  private void start(Duration lease) {
    parts.lease = lease;
    parts.start();
  }

  @AfterEach
  void close() {
    parts.close();
  }

  @Test
  void waitsWhileAnotherInstanceRunsThePipelineAndSaysSoOnce() {
    checkpoints.takeOver();
    start(Duration.ofMillis(60));
    source.append(insert(1));

    await().until(() -> parts.state() == PipelineState.STANDBY);
    await().during(Duration.ofMillis(200)).until(() -> publisher.opened.get() == 0);
    assertThat(parts.reasons)
        .containsExactly(
            "STARTING: connecting",
            "STANDBY: the pipeline is run by the other one; waiting to take over");
  }

  @Test
  void takesOverWhereTheOtherInstanceEnded() {
    checkpoints.takeOver();
    start(Duration.ofMillis(60));
    await().until(() -> parts.state() == PipelineState.STANDBY);
    source.append(insert(1), insert(2), insert(3));
    checkpoints.moveTo(behind(2));

    checkpoints.giveUp();

    await().until(() -> publisher.messages.size() == 1);
    assertThat(source.opened).containsExactly(behind(2));
  }

  @Test
  void becomesStandbyWhenASaveFindsAnotherInstance() {
    start(Duration.ofMinutes(1));
    await().until(() -> source.opened.size() == 1);
    checkpoints.takeOver();

    source.append(insert(1));

    await().until(() -> parts.state() == PipelineState.STANDBY);
    assertThat(checkpoints.position()).isNotEqualTo(Optional.of(behind(1)));
    assertThat(publisher.closed).hasValue(1);
  }

  @Test
  void becomesStandbyWhenARenewalFindsAnotherInstance() {
    start(Duration.ofMillis(150));
    await().until(() -> source.opened.size() == 1);

    checkpoints.takeOver();

    await().until(() -> parts.state() == PipelineState.STANDBY);
    checkpoints.giveUp();
    await().until(() -> source.opened.size() == 2);
  }

  @Test
  void goesOnFromWhatItKnowsWhenNobodyElseHadThePipelineSince() {
    start(Duration.ofMillis(300));
    source.append(insert(1), insert(2));
    await().until(() -> checkpoints.position().equals(Optional.of(behind(2))));
    checkpoints.refusal = new PipelineException(FailureKind.TRANSIENT, "no primary");
    source.append(insert(3));
    await().until(() -> publisher.messages.size() == 3);

    await().until(() -> parts.reasons.stream().anyMatch(state -> state.contains("lease")));
    checkpoints.refusal = null;

    await().until(() -> source.opened.size() == 2);
    assertThat(source.opened).last().isEqualTo(behind(3));
  }

  @Test
  void publishesNothingOnceItsLeaseHasRunOut() {
    start(Duration.ofMillis(300));
    await().until(() -> source.opened.size() == 1);
    checkpoints.refusal = new PipelineException(FailureKind.TRANSIENT, "no primary");
    checkpoints.takeOver();
    await().until(() -> parts.reasons.stream().anyMatch(state -> state.contains("lease")));
    checkpoints.refusal = null;

    source.append(insert(1));

    await().during(Duration.ofMillis(200)).until(() -> publisher.messages.isEmpty());
  }

  @Test
  void makesACheckpointAgainThatSomebodyHasDeleted() {
    start(Duration.ofMillis(150));
    source.append(insert(1));
    await().until(() -> checkpoints.position().equals(Optional.of(behind(1))));

    checkpoints.delete();

    await().until(() -> source.opened.size() == 2);
    assertThat(source.opened).last().isEqualTo(behind(1));
  }

  @Test
  void renewsItsLeaseAndGivesItUpAtTheEnd() throws Exception {
    start(Duration.ofMillis(90));
    await().until(() -> checkpoints.renewals.get() > 3);

    parts.stop();
    parts.ended().get(5, TimeUnit.SECONDS);

    assertThat(checkpoints.releases).hasValue(1);
    assertThat(parts.reasons).noneMatch(state -> state.startsWith("STANDBY"));
  }

  @Test
  void keepsItsLeaseWhileItBacksOff() {
    publisher.refusal = new PipelineException(FailureKind.TRANSIENT, "not up yet");
    start(Duration.ofMillis(90));

    await().until(() -> parts.state() == PipelineState.BACKING_OFF);
    int renewals = checkpoints.renewals.get();

    await().until(() -> checkpoints.renewals.get() > renewals + 5);
  }

  @Test
  void stopsAtOnceWhileItStandsBy() throws Exception {
    checkpoints.takeOver();
    start(Duration.ofMinutes(1));
    await().until(() -> parts.state() == PipelineState.STANDBY);

    parts.stop();

    parts.ended().get(2, TimeUnit.SECONDS);
    assertThat(parts.state()).isEqualTo(PipelineState.STOPPED);
  }
}
