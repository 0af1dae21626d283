package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.replaced;
import static dev.sluice.consume.GivenEvents.update;
import static dev.sluice.consume.GivenEvents.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.sluice.consume.ConsumeSettings.Answer;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.pipeline.Backoff;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsumptionTest {
  private static final String JSON = "{\"_id\": \"a\"}";

  private final ScriptedInbox inbox = new ScriptedInbox();
  private final ScriptedTarget target = new ScriptedTarget();
  private Answer onGap = Answer.STOP;
  private Answer onDrop = Answer.APPLY;
  private int mostParked = 10;
  private Consumption consumption;
  private Thread thread;
  private volatile Throwable end;

  /** Applies what it is told to, and fails as it is told to. */
  private static final class ScriptedTarget implements Target.Opener {
    final List<String> applied = new CopyOnWriteArrayList<>();
    final List<Integer> batches = new CopyOnWriteArrayList<>();
    final Set<String> refused = new HashSet<>();
    volatile int away;
    volatile int opened;
    volatile boolean tells;
    volatile CountDownLatch holds = new CountDownLatch(0);

    @Override
    public Target open() {
      opened++;
      return new Target() {
        @Override
        public void apply(Batch batch) {
          try {
            holds.await();
          } catch (InterruptedException e) {
            throw TargetException.unavailable("interrupted", e);
          }
          if (away > 0) {
            away--;
            throw TargetException.unavailable("The store is away", null);
          }
          for (Event event : batch.events()) {
            if (refused.contains(event.messageId())) {
              throw tells
                  ? TargetException.refused(event, "not that one")
                  : TargetException.refused("one of them", null);
            }
          }
          batches.add(batch.events().size());
          batch.events().forEach(event -> applied.add(event.messageId()));
        }

        @Override
        public void close() {}
      };
    }
  }

  private void start(int batch) {
    start(batch, Duration.ofMinutes(1));
  }

  private void start(int batch, Duration longestHold) {
    ConsumeSettings settings =
        new ConsumeSettings(
            "test", "queue.parked", batch, Duration.ofMillis(20), mostParked, onGap, onDrop);
    consumption = new Consumption(settings, inbox, target, new Backoff(() -> 0), longestHold);
    thread =
        new Thread(
            () -> {
              try {
                consumption.run();
              } catch (Throwable failure) {
                end = failure;
              }
            },
            "consumption-test");
    thread.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (thread != null) {
      consumption.stop();
      thread.join(10_000);
      assertThat(thread.isAlive()).isFalse();
    }
  }

  private void untilTheQueueIsEmpty() {
    await().until(() -> inbox.left() == 0 || end != null);
    assertThat(end).isNull();
  }

  private PipelineException ended() throws InterruptedException {
    thread.join(10_000);
    return catchThrowableOfType(
        PipelineException.class,
        () -> {
          throw end;
        });
  }

  private static Event event(int document, int n) {
    return update(PLAYS, key(document), position(n), JSON);
  }

  private static List<String> ids(Event... events) {
    return List.of(events).stream().map(Event::messageId).toList();
  }

  @Test
  void appliesWhatComesInBatchesAndAcknowledgesIt() {
    List<Event> events = new ArrayList<>();
    for (int n = 0; n < 25; n++) {
      events.add(event(n, n));
    }
    inbox.publish(events.toArray(Event[]::new));
    start(10);
    untilTheQueueIsEmpty();

    assertThat(target.applied).containsExactlyElementsOf(ids(events.toArray(Event[]::new)));
    assertThat(target.batches).containsExactly(10, 10, 5);
    assertThat(consumption.messages()).isEqualTo(25);
  }

  @Test
  void makesTheNextBatchWhileOneIsApplied() {
    target.holds = new CountDownLatch(1);
    inbox.publish(event(1, 1), event(2, 2), event(3, 3), event(4, 4));
    start(2);
    await().until(() -> inbox.taken() == 4);
    assertThat(target.applied).isEmpty();
    assertThat(inbox.left()).isEqualTo(4);

    target.holds.countDown();
    untilTheQueueIsEmpty();

    assertThat(target.batches).containsExactly(2, 2);
  }

  @Test
  void whatWasMadeAheadAndNotAppliedComesAgainAfterAStop() throws InterruptedException {
    target.holds = new CountDownLatch(1);
    inbox.publish(event(1, 1), event(2, 2), event(3, 3), event(4, 4));
    start(2);
    await().until(() -> inbox.taken() == 4);
    consumption.stop();
    target.holds.countDown();
    thread.join(10_000);

    assertThat(target.applied).containsExactlyElementsOf(ids(event(1, 1), event(2, 2)));
    assertThat(inbox.left()).isEqualTo(2);
    start(2);
    untilTheQueueIsEmpty();
    assertThat(target.applied).hasSize(4);
  }

  @Test
  void givesTheSameBatchAgainToATargetThatWasAway() {
    target.away = 3;
    inbox.publish(event(1, 1), event(2, 2));
    start(10);
    untilTheQueueIsEmpty();

    assertThat(target.applied).containsExactlyElementsOf(ids(event(1, 1), event(2, 2)));
    assertThat(target.opened).isEqualTo(4);
    assertThat(inbox.opened).as("nothing went back to the queue").isEqualTo(1);
  }

  @Test
  void givesTheMessagesBackOnceTheTargetIsAwayForTooLong() {
    target.away = 2;
    inbox.publish(event(1, 1));
    start(10, Duration.ZERO);
    untilTheQueueIsEmpty();

    assertThat(target.applied).hasSize(1);
    assertThat(inbox.opened).isGreaterThan(1);
  }

  @Test
  void parksTheDocumentOfAChangeThatIsRefusedAndItsLaterChanges() {
    Event bad = event(3, 3);
    Event later = event(3, 7);
    target.refused.add(bad.messageId());
    inbox.publish(event(1, 1), event(2, 2), bad, event(4, 4), later, event(5, 8));
    start(10);
    untilTheQueueIsEmpty();

    assertThat(target.applied)
        .containsExactlyElementsOf(ids(event(1, 1), event(2, 2), event(4, 4), event(5, 8)));
    assertThat(inbox.parked)
        .extracting(Message::messageId)
        .containsExactly(bad.messageId(), later.messageId());
    assertThat(inbox.parked)
        .extracting(message -> message.headers().get(ParkedMessages.REASON))
        .containsExactly("refused", "behind");
    assertThat(inbox.parked.get(0).headers())
        .containsEntry(ParkedMessages.ERROR, "one of them")
        .containsEntry(ParkedMessages.PARKED_BY, "test");
  }

  @Test
  void asksNoFurtherIfTheTargetTellsWhichItRefuses() {
    Event bad = event(3, 3);
    target.tells = true;
    target.refused.add(bad.messageId());
    inbox.publish(event(1, 1), event(2, 2), bad, event(4, 4));
    start(4);
    untilTheQueueIsEmpty();

    assertThat(target.batches).containsExactly(2, 1);
    assertThat(inbox.parked).hasSize(1);
  }

  @Test
  void aDocumentIsStillParkedBehindARestart() throws Exception {
    Event bad = event(3, 3);
    target.refused.add(bad.messageId());
    inbox.publish(bad);
    start(10);
    untilTheQueueIsEmpty();
    stop();
    inbox.publish(event(3, 4), event(4, 5));
    start(10);
    untilTheQueueIsEmpty();

    assertThat(target.applied).containsExactlyElementsOf(ids(event(4, 5)));
    assertThat(inbox.parked).hasSize(2);
  }

  @Test
  void aReleasedDocumentGoesOnInItsOrder() {
    Event bad = event(3, 3);
    target.refused.add(bad.messageId());
    inbox.publish(bad, event(3, 4));
    start(10);
    untilTheQueueIsEmpty();
    target.refused.clear();
    inbox.release("first");
    untilTheQueueIsEmpty();
    inbox.publish(event(3, 5));
    untilTheQueueIsEmpty();

    assertThat(target.applied).containsExactlyElementsOf(ids(bad, event(3, 4), event(3, 5)));
    assertThat(inbox.parked).isEmpty();
  }

  @Test
  void whatIsRefusedAgainWhenItIsReleasedKeepsTheRestBehindIt() {
    Event bad = event(3, 3);
    target.refused.add(bad.messageId());
    inbox.publish(bad, event(3, 4));
    start(10);
    untilTheQueueIsEmpty();
    inbox.release("first");
    untilTheQueueIsEmpty();

    assertThat(target.applied).isEmpty();
    assertThat(inbox.parked)
        .extracting(Message::messageId)
        .containsExactlyElementsOf(ids(bad, event(3, 4)));

    target.refused.clear();
    inbox.release("second");
    untilTheQueueIsEmpty();

    assertThat(target.applied).containsExactlyElementsOf(ids(bad, event(3, 4)));
  }

  @Test
  void aDamagedMessageIsParkedAlone() {
    Message whole = ScriptedInbox.message(event(1, 1), Map.of());
    inbox.publish(
        new Message(
            "{\"_id\": ".getBytes(java.nio.charset.StandardCharsets.UTF_8),
            whole.content(),
            "m1",
            "queue",
            "update",
            0,
            Map.of(),
            Message.Destination.EXCHANGE));
    inbox.publish(event(2, 2));
    start(10);
    untilTheQueueIsEmpty();

    assertThat(target.applied).hasSize(1);
    assertThat(inbox.parked)
        .extracting(message -> message.headers().get(ParkedMessages.REASON))
        .containsExactly("damaged");
  }

  @Test
  void stopsInFrontOfAGapAndGoesOnIfItIsTold() throws Exception {
    Event gap =
        whole(
            EventType.GAP,
            null,
            position(2),
            Map.of("gap", "{\"reason\": \"The oplog was too short\"}"));
    inbox.publish(event(1, 1), gap, event(2, 3));
    start(10);

    assertThat(ended().kind()).isEqualTo(FailureKind.POSITION_LOST);
    assertThat(ended())
        .hasMessageContaining("The oplog was too short")
        .hasMessageContaining("--on-gap");
    assertThat(target.applied).containsExactlyElementsOf(ids(event(1, 1)));
    assertThat(inbox.left()).isEqualTo(2);

    end = null;
    onGap = Answer.APPLY;
    start(10);
    untilTheQueueIsEmpty();
    assertThat(target.applied).containsExactlyElementsOf(ids(event(1, 1), gap, event(2, 3)));
  }

  @Test
  void aCollectionThatAnotherHasReplacedIsAGap() throws Exception {
    inbox.publish(replaced(PLAYS, position(1)));
    start(10);

    assertThat(ended().kind()).isEqualTo(FailureKind.POSITION_LOST);
  }

  @Test
  void stopsInFrontOfADropIfItIsTold() throws Exception {
    onDrop = Answer.STOP;
    inbox.publish(delete(PLAYS, key(1), position(1)), whole(EventType.DROP, PLAYS, position(2)));
    start(10);

    assertThat(ended().kind()).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(ended()).hasMessageContaining("--on-drop apply");
    assertThat(target.applied).hasSize(1);
  }

  @Test
  void stopsIfATargetRefusesTooManyDocuments() throws Exception {
    mostParked = 2;
    for (int n = 0; n < 4; n++) {
      target.refused.add(event(n, n).messageId());
      inbox.publish(event(n, n));
    }
    start(10);

    assertThat(ended().kind()).isEqualTo(FailureKind.POISON_EVENT);
    assertThat(ended()).hasMessageContaining("--max-parked").hasMessageContaining("one of them");
  }

  @Test
  void readsOnWhenTheQueueWasAway() {
    inbox.failure = new PipelineException(FailureKind.TRANSIENT, "RabbitMQ is away");
    inbox.publish(insert(PLAYS, key(1), position(1), JSON));
    start(10);
    untilTheQueueIsEmpty();

    assertThat(inbox.opened).isEqualTo(2);
    assertThat(target.applied).hasSize(1);
  }

  @Test
  void stopsWhenTheQueueCannotBeUsed() throws Exception {
    inbox.failure = new PipelineException(FailureKind.MISCONFIGURED, "There is no queue");
    start(10);

    assertThat(ended()).hasMessage("There is no queue");
  }
}
