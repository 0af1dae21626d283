package dev.sluice.pipeline;

import static dev.sluice.testing.Events.behind;
import static dev.sluice.testing.Events.event;
import static dev.sluice.testing.Events.insert;
import static dev.sluice.testing.Events.numberOf;
import static dev.sluice.testing.Events.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.EventId;
import dev.sluice.message.EnvelopeEncoder;
import dev.sluice.message.Message;
import dev.sluice.testing.InMemoryCheckpoints;
import dev.sluice.testing.ScriptedParts;
import dev.sluice.testing.ScriptedPublisher;
import dev.sluice.testing.ScriptedSource;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of messages that RabbitMQ does not take, and of those around them. */
class RefusedMessagesTest {
  private final ScriptedParts parts = new ScriptedParts();
  private final ScriptedSource source = parts.source;
  private final ScriptedPublisher publisher = parts.publisher;
  private final InMemoryCheckpoints checkpoints = parts.checkpoints;

  @AfterEach
  void close() {
    parts.close();
  }

  private static PipelineException returned() {
    return new PipelineException(FailureKind.UNROUTABLE, "no queue");
  }

  private static String id(int number) {
    return EventId.of(token(number)).value();
  }

  @Test
  void publishesARefusedMessageAgainOnTheSameChannelAndNothingElse() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2), insert(3));
    publisher.awaitPublished(1, 2, 3);

    publisher.outcomes().refused(2, "full");
    publisher.outcomes().confirmed(3, 3);
    publisher.outcomes().confirmed(1, 1);

    publisher.awaitPublished(1, 2, 3, 2);
    publisher.outcomes().confirmed(2, 2);
    await().until(() -> checkpoints.position().equals(Optional.of(behind(3))));
    assertThat(publisher.opened).hasValue(1);
    assertThat(parts.states)
        .contains(PipelineState.THROTTLED)
        .doesNotContain(PipelineState.BACKING_OFF);
  }

  @Test
  void publishesNothingBehindARefusalUntilWhatIsDueHasCome() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2));
    publisher.awaitPublished(1, 2);
    publisher.outcomes().refused(2, "full");
    source.append(insert(3));

    await().during(Duration.ofMillis(200)).until(() -> publisher.published().size() == 2);
    publisher.outcomes().confirmed(1, 1);

    publisher.awaitPublished(1, 2, 2);
    publisher.outcomes().confirmed(2, 2);
    publisher.awaitPublished(1, 2, 2, 3);
  }

  @Test
  void keepsTheLaterEventsOfADocumentBackWhileAnEarlierOneIsRefused() {
    publisher.confirming = false;
    parts.start();
    source.append(event("insert", 1, 77), event("delete", 2, 77));
    publisher.awaitPublished(1);

    publisher.outcomes().refused(1, "full");
    publisher.awaitPublished(1, 1);
    publisher.outcomes().refused(1, "full");
    publisher.awaitPublished(1, 1, 1);
    publisher.outcomes().confirmed(1, 1);

    publisher.awaitPublished(1, 1, 1, 2);
  }

  @Test
  void saysOnceThatMessagesAreRefusedAndOnceThatTheyAreNotAnyMore() {
    publisher.confirming = false;
    parts.confirmTimeout = Duration.ofSeconds(2);
    parts.start();
    source.append(insert(1));
    publisher.awaitPublished(1);
    publisher.outcomes().refused(1, "full");
    publisher.awaitPublished(1, 1);
    publisher.outcomes().refused(1, "full");
    publisher.awaitPublished(1, 1, 1);

    publisher.outcomes().confirmed(1, 1);

    await().until(() -> parts.state() == PipelineState.STREAMING);
    assertThat(parts.states)
        .containsExactly(
            PipelineState.STARTING,
            PipelineState.STREAMING,
            PipelineState.THROTTLED,
            PipelineState.STREAMING);
  }

  @Test
  void resumesAfterAnUnroutableMessageAndDoesNotRepeatWhatIsConfirmed() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2), insert(3));
    publisher.awaitPublished(1, 2, 3);

    publisher.outcomes().returned(id(1), returned());
    publisher.outcomes().confirmed(3, 3);
    // RabbitMQ confirms what it has returned.
    publisher.outcomes().confirmed(1, 2);

    publisher.awaitPublished(1, 2, 3, 1);
    assertThat(checkpoints.saved).doesNotContain(behind(1));
    publisher.outcomes().confirmed(1, 1);
    await().until(() -> checkpoints.position().equals(Optional.of(behind(3))));
    source.append(insert(4));
    publisher.awaitPublished(1, 2, 3, 1, 4);
  }

  @Test
  void waitsABoundedTimeForWhatIsDueBehindAnUnroutableMessage() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2));
    publisher.awaitPublished(1, 2);

    publisher.outcomes().returned(id(1), returned());

    publisher.awaitPublished(1, 2, 1, 2);
  }

  @Test
  void doesNotRepeatWhatIsConfirmedAheadOfALostMessageHoweverManyAttemptsItTakes() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2), insert(3), insert(4));
    publisher.awaitPublished(1, 2, 3, 4);
    publisher.outcomes().confirmed(2, 3);
    publisher.loseChannel();
    publisher.awaitPublished(1, 2, 3, 4, 1, 4);
    publisher.outcomes().confirmed(4, 4);
    publisher.outcomes().lost(new PipelineException(FailureKind.TRANSIENT, "gone again"));

    publisher.awaitPublished(1, 2, 3, 4, 1, 4, 1);
    publisher.outcomes().confirmed(1, 1);

    await().until(() -> checkpoints.position().equals(Optional.of(behind(4))));
  }

  @Test
  void publishesWhatMayBeTooLargeWhenNothingElseIsOnItsWay() {
    publisher.confirming = false;
    int large = Unconfirmed.SURELY_TAKEN_BYTES + 1;
    parts.encoder =
        change -> {
          Message message = new EnvelopeEncoder(ScriptedParts.ENVELOPES, 1 << 20).encode(change);
          return numberOf(message.messageId()) % 2 == 0 ? resized(message, large) : message;
        };
    parts.start();
    source.append(insert(1), insert(2), insert(3), insert(4), insert(5));

    publisher.awaitPublished(1);
    publisher.outcomes().confirmed(1, 1);
    publisher.awaitPublished(1, 2);
    publisher.outcomes().confirmed(2, 2);

    publisher.awaitPublished(1, 2, 3, 4, 5);
  }

  private static Message resized(Message message, int bytes) {
    return new Message(
        new byte[bytes],
        message.content(),
        message.messageId(),
        message.routingKey(),
        message.type(),
        message.timestampSeconds(),
        message.headers(),
        message.destination());
  }

  @Test
  void stopsInTimeWhileEverythingIsRefused() throws Exception {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1));
    publisher.awaitPublished(1);
    publisher.outcomes().refused(1, "full");
    publisher.awaitPublished(1, 1);
    publisher.outcomes().refused(1, "full");

    parts.stop();

    parts.ended().get(5, TimeUnit.SECONDS);
    assertThat(checkpoints.saved).doesNotContain(behind(1));
  }

  @Test
  void drainsWhatWasRefused() throws Exception {
    publisher.confirming = false;
    parts.drainTimeout = Duration.ofSeconds(20);
    parts.start();
    source.append(insert(1));
    publisher.awaitPublished(1);
    publisher.outcomes().refused(1, "full");
    parts.stop();
    publisher.awaitPublished(1, 1);

    publisher.outcomes().confirmed(1, 1);

    parts.ended().get(5, TimeUnit.SECONDS);
    assertThat(checkpoints.position()).contains(behind(1));
  }
}
