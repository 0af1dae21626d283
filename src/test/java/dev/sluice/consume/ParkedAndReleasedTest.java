package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.update;
import static dev.sluice.consume.GivenEvents.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.consume.ConsumeSettings.Answer;
import dev.sluice.message.Message;
import dev.sluice.pipeline.Backoff;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is parked, by this consumer or by one before it, and how it goes on. */
class ParkedAndReleasedTest {
  private final ScriptedInbox inbox = new ScriptedInbox();
  private final List<String> kept = new CopyOnWriteArrayList<>();
  private final Consumption consumption =
      new Consumption(
          new ConsumeSettings(
              "test", "queue.parked", 10, Duration.ofMillis(20), 10, Answer.STOP, Answer.APPLY),
          inbox,
          this::open,
          new Backoff(() -> 0));
  private volatile String refused;
  private Thread thread;

  /** Keeps newest states. */
  private Target open() {
    return new Target() {
      @Override
      public void apply(Batch batch) {
        for (Batch.Step step : batch.steps()) {
          for (Event event : ((Batch.States) step).newest()) {
            if (event.messageId().equals(refused)) {
              throw TargetException.refused(event, "not that one");
            }
            kept.add(event.messageId());
          }
        }
      }

      @Override
      public void close() {}
    };
  }

  @BeforeEach
  void start() {
    thread = new Thread(consumption::run, "parked-test");
    thread.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    consumption.stop();
    thread.join(10_000);
    assertThat(thread.isAlive()).isFalse();
  }

  private void untilTheQueueIsEmpty() {
    await().until(() -> inbox.left() == 0);
  }

  private static Event event(int document, int n) {
    return update(PLAYS, key(document), position(n), "{}");
  }

  @Test
  void aChangeThatWasNotKeptGoesOnWithALaterOneWhenItIsReleased() {
    inbox.publish(without(EventType.UPDATE, PLAYS, key(1), position(1), Event.State.EXPIRED));
    untilTheQueueIsEmpty();
    assertThat(inbox.parked).hasSize(1);
    inbox.release("first");
    untilTheQueueIsEmpty();
    assertThat(inbox.parked).hasSize(1);
    Event later = event(1, 2);
    inbox.publish(later);
    untilTheQueueIsEmpty();
    assertThat(inbox.parked).hasSize(2);
    inbox.release("second");
    untilTheQueueIsEmpty();
    Event afterwards = event(1, 3);
    inbox.publish(afterwards);
    untilTheQueueIsEmpty();

    assertThat(inbox.parked).isEmpty();
    assertThat(kept).containsExactly(later.messageId(), afterwards.messageId());
  }

  /** What is known of the documents is derived anew between the two. */
  @Test
  void theRestOfAReleaseStaysBehindItsFirstAlsoWhereTheConnectionIsLostBetweenThem() {
    Event first = event(1, 1);
    Event second = event(1, 2);
    refused = first.messageId();
    inbox.publish(first);
    untilTheQueueIsEmpty();
    inbox.publish(second);
    untilTheQueueIsEmpty();
    List<Message> both = List.copyOf(inbox.parked);
    inbox.parked.clear();
    inbox.publish(ScriptedInbox.released(both.get(0), "pass"));
    untilTheQueueIsEmpty();
    int opened = inbox.opened;
    inbox.failure = new PipelineException(FailureKind.TRANSIENT, "the connection is lost");
    await().until(() -> inbox.opened > opened);
    inbox.publish(ScriptedInbox.released(both.get(1), "pass"));
    untilTheQueueIsEmpty();

    assertThat(kept).isEmpty();
    assertThat(inbox.parked)
        .extracting(Message::messageId)
        .containsExactly(first.messageId(), second.messageId());

    refused = "";
    inbox.release("another");
    untilTheQueueIsEmpty();
    assertThat(inbox.parked).isEmpty();
    assertThat(kept).last().isEqualTo(second.messageId());
  }

  /** It may have waited long for the end of that one. */
  @Test
  void aConsumerKnowsWhatAnotherOneHasParkedSinceItWasStarted() {
    await().until(() -> inbox.opened > 0);
    Event first = event(1, 1);
    Message parked =
        new Parking("other", "queue.parked")
            .parked(
                ScriptedInbox.message(first, Map.of()),
                Parking.document(first),
                Parking.Reason.REFUSED,
                "not that one");
    inbox.parked.add(parked);
    Event other = event(2, 3);
    inbox.publish(event(1, 2), other);
    untilTheQueueIsEmpty();

    assertThat(kept).containsExactly(other.messageId());
    assertThat(inbox.parked).hasSize(2);
  }
}
