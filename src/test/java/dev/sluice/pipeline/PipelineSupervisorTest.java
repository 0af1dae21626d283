package dev.sluice.pipeline;

import static dev.sluice.testing.Events.behind;
import static dev.sluice.testing.Events.event;
import static dev.sluice.testing.Events.insert;
import static dev.sluice.testing.Events.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Position;
import dev.sluice.config.DocumentOrder;
import dev.sluice.testing.InMemoryCheckpoints;
import dev.sluice.testing.ScriptedParts;
import dev.sluice.testing.ScriptedPublisher;
import dev.sluice.testing.ScriptedSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pipeline between scripted servers: what is published, what is saved, what is tried again. */
class PipelineSupervisorTest {
  private final ScriptedParts parts = new ScriptedParts();
  private final ScriptedSource source = parts.source;
  private final ScriptedPublisher publisher = parts.publisher;
  private final InMemoryCheckpoints checkpoints = parts.checkpoints;

  @AfterEach
  void close() {
    parts.close();
  }

  @Test
  void savesWhereItStartsBeforeItOpensTheFirstStream() {
    parts.start();

    await().until(() -> !source.opened.isEmpty());
    Position first = new Position.At(new BsonTimestamp(1_700_000_000, 1));
    assertThat(checkpoints.saved).containsExactly(first);
    assertThat(source.opened).containsExactly(first);
  }

  @Test
  void publishesInOrderAndSavesBehindTheLastConfirmedEvent() {
    parts.start();

    source.append(insert(1), insert(2), insert(3));

    publisher.awaitPublished(1, 2, 3);
    await().until(() -> checkpoints.position().equals(Optional.of(behind(3))));
  }

  @Test
  void savesNothingThatIsNotConfirmed() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2), insert(3));
    publisher.awaitPublished(1, 2, 3);

    publisher.outcomes().confirmed(3, 3);
    publisher.outcomes().confirmed(1, 1);

    await().until(() -> checkpoints.position().equals(Optional.of(behind(1))));
    publisher.outcomes().confirmed(2, 2);
    await().until(() -> checkpoints.position().equals(Optional.of(behind(3))));
  }

  @Test
  void takesNoMoreInThanTheWindowHolds() {
    publisher.confirming = false;
    parts.start();
    source.append(
        IntStream.rangeClosed(1, 20).mapToObj(i -> insert(i)).toArray(n -> new ChangeEvent[n]));

    publisher.awaitPublished(1, 2, 3, 4, 5, 6, 7, 8);
    publisher.outcomes().confirmed(1, 2);

    publisher.awaitPublished(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  }

  @Test
  void publishesAnEventOnlyAfterTheEarlierOneOfItsDocumentIsConfirmed() {
    publisher.confirming = false;
    parts.start();
    source.append(event("insert", 1, 77), event("delete", 2, 77), insert(3));
    publisher.awaitPublished(1);

    publisher.outcomes().confirmed(1, 1);

    publisher.awaitPublished(1, 2, 3);
  }

  @Test
  void changesOfOneDocumentWaitForNothingWhereConsumersGoByThePosition() {
    parts.order = DocumentOrder.POSITION;
    publisher.confirming = false;
    parts.start();

    source.append(event("insert", 1, 77), event("delete", 2, 77), event("insert", 3, 77));

    publisher.awaitPublished(1, 2, 3);
  }

  @Test
  void resumesBehindTheLastConfirmedEventWhenTheChannelIsLost() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2), insert(3));
    publisher.awaitPublished(1, 2, 3);
    publisher.outcomes().confirmed(1, 1);

    publisher.confirming = true;
    publisher.loseChannel();

    publisher.awaitPublished(1, 2, 3, 2, 3);
    assertThat(source.opened).last().isEqualTo(behind(1));
    assertThat(parts.states)
        .containsSubsequence(
            PipelineState.STREAMING, PipelineState.BACKING_OFF, PipelineState.STREAMING);
    assertThat(publisher.closed).hasValue(1);
    assertThat(source.cancelled).hasValue(1);
  }

  @Test
  void givesRepeatedEventsTheSameMessageIds() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1));
    publisher.awaitPublished(1);
    publisher.confirming = true;
    publisher.loseChannel();
    publisher.awaitPublished(1, 1);

    assertThat(publisher.messages.get(0).messageId())
        .isEqualTo(publisher.messages.get(1).messageId());
  }

  @Test
  void countsNoConfirmOfADeadChannel() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2));
    publisher.awaitPublished(1, 2);
    EventPublisher.Outcomes dead = publisher.outcomes();
    dead.lost(new PipelineException(FailureKind.TRANSIENT, "gone"));
    publisher.awaitPublished(1, 2, 1, 2);

    dead.confirmed(1, 2);
    publisher.outcomes().confirmed(1, 1);

    await().until(() -> checkpoints.position().equals(Optional.of(behind(1))));
    assertThat(checkpoints.saved).doesNotContain(behind(2));
  }

  @Test
  void resumesWhenNoConfirmComesForTooLong() {
    publisher.confirming = false;
    parts.confirmTimeout = Duration.ofMillis(200);
    parts.start();
    source.append(insert(1));

    publisher.awaitPublished(1, 1);
    assertThat(parts.states).contains(PipelineState.BACKING_OFF);
  }

  @Test
  void doesNotCountTheTimeForWhichTheBrokerBlocks() {
    publisher.confirming = false;
    parts.confirmTimeout = Duration.ofMillis(300);
    parts.start();
    source.append(insert(1));
    publisher.awaitPublished(1);

    publisher.outcomes().blocked("low on memory");

    await().during(Duration.ofMillis(700)).until(() -> publisher.published().size() == 1);
    assertThat(parts.states).last().isEqualTo(PipelineState.BLOCKED);
    publisher.outcomes().unblocked();
    publisher.outcomes().confirmed(1, 1);
    await().until(() -> checkpoints.position().equals(Optional.of(behind(1))));
    assertThat(parts.states).doesNotContain(PipelineState.BACKING_OFF);
  }

  @Test
  void resumesWhenTheStreamBreaks() {
    parts.start();
    source.append(insert(1));
    publisher.awaitPublished(1);
    await().until(() -> checkpoints.position().equals(Optional.of(behind(1))));

    source.fail(new PipelineException(FailureKind.TRANSIENT, "election"));
    await().until(() -> source.opened.size() == 2);
    source.append(insert(2));

    publisher.awaitPublished(1, 2);
  }

  @Test
  void keepsTryingUntilTheBrokerIsThere() {
    publisher.refusal = new PipelineException(FailureKind.TRANSIENT, "not up yet");
    parts.start();
    source.append(insert(1));
    await().until(() -> parts.states.contains(PipelineState.BACKING_OFF));

    publisher.refusal = null;

    publisher.awaitPublished(1);
    assertThat(parts.states.stream().filter(state -> state == PipelineState.BACKING_OFF))
        .hasSize(1);
  }

  @Test
  void stopsForGoodWhenAServerRefusesIt() {
    publisher.refusal = new PipelineException(FailureKind.MISCONFIGURED, "wrong password");
    parts.start();

    assertThatThrownBy(() -> parts.ended().get(5, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.MISCONFIGURED));
    assertThat(parts.state()).isEqualTo(PipelineState.FAILED);
  }

  @Test
  void goesOnWhilePositionsCannotBeSaved() {
    parts.start();
    await().until(() -> !source.opened.isEmpty());
    checkpoints.refusal = new PipelineException(FailureKind.TRANSIENT, "no primary");
    source.append(insert(1), insert(2));
    publisher.awaitPublished(1, 2);

    checkpoints.refusal = null;

    await().until(() -> checkpoints.position().equals(Optional.of(behind(2))));
    assertThat(parts.states).doesNotContain(PipelineState.BACKING_OFF);
  }

  @Test
  void callsAnEventThatCannotBeEncodedPoison() {
    parts.start();

    source.append(event("update", 1, 1), event("rename", 2, 2), event("replace", 3, 3));

    assertThatThrownBy(() -> parts.ended().get(5, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.POISON_EVENT));
  }

  @Test
  void movesThePositionOfAnIdleStream() {
    parts.start();
    await().until(() -> !source.opened.isEmpty());

    source.progress(0, token(500));

    await().until(() -> checkpoints.position().equals(Optional.of(behind(500))));
  }

  @Test
  void followsTheCollectionBehindItsInvalidation() {
    parts.start();
    source.append(insert(1), event("drop", 2, 0), event("invalidate", 3, 0));
    publisher.awaitPublished(1, 2, 3);
    source.complete();

    await().until(() -> source.opened.size() == 2);
    assertThat(source.opened).last().isEqualTo(behind(3));
    source.append(insert(4));
    publisher.awaitPublished(1, 2, 3, 4);
  }

  @Test
  void publishesTheEndOfTheCollectionOnlyWhenAllBeforeItIsConfirmed() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2), event("drop", 3, 0), insert(4));
    publisher.awaitPublished(1, 2);

    publisher.outcomes().confirmed(1, 2);
    publisher.awaitPublished(1, 2, 3);
    publisher.outcomes().confirmed(3, 3);

    publisher.awaitPublished(1, 2, 3, 4);
  }

  @Test
  void drainsWhatItTookInWhenItIsStopped() throws Exception {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2));
    publisher.awaitPublished(1, 2);

    parts.stop();
    assertThat(parts.ended()).isNotDone();
    publisher.outcomes().confirmed(1, 2);

    parts.ended().get(5, TimeUnit.SECONDS);
    assertThat(checkpoints.position()).contains(behind(2));
    assertThat(parts.state()).isEqualTo(PipelineState.STOPPED);
    assertThat(publisher.closed).hasValue(1);
  }

  @Test
  void stopsInTimeEvenIfConfirmsStayAway() throws Exception {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2));
    publisher.awaitPublished(1, 2);
    publisher.outcomes().confirmed(1, 1);

    parts.stop();

    parts.ended().get(5, TimeUnit.SECONDS);
    assertThat(checkpoints.position()).contains(behind(1));
  }

  @Test
  void stopsAtOnceWhileItBacksOff() throws Exception {
    publisher.refusal = new PipelineException(FailureKind.TRANSIENT, "not up yet");
    parts.start();
    await().until(() -> parts.states.contains(PipelineState.BACKING_OFF));

    parts.stop();

    parts.ended().get(2, TimeUnit.SECONDS);
  }
}
