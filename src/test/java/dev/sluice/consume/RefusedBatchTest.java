package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.consume.ConsumeSettings.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class RefusedBatchTest {
  private static final int EVENTS = 1_000;

  /** As little as a thread can do with here: what nests once for each event does not get far. */
  private static final long STACK_BYTES = 256 << 10;

  private static final ConsumeSettings SETTINGS =
      new ConsumeSettings(
          "test", "queue.parked", EVENTS, Duration.ofMillis(20), EVENTS, Answer.STOP, Answer.APPLY);

  private final ScriptedInbox queue = new ScriptedInbox();
  private final List<Event> applied = new ArrayList<>();
  private int batches;

  private Target refusing(Predicate<Event> refused, boolean tells) {
    return new Target() {
      @Override
      public void apply(Batch batch) {
        batches++;
        for (Event event : batch.events()) {
          if (refused.test(event)) {
            throw tells
                ? TargetException.refused(event, "not that one")
                : TargetException.refused("one of them", null);
          }
        }
        applied.addAll(batch.events());
      }

      @Override
      public void close() {}
    };
  }

  private static List<Delivered> batch() {
    List<Delivered> batch = new ArrayList<>();
    for (int n = 0; n < EVENTS; n++) {
      Event event = insert(PLAYS, key(n), position(n), "{}");
      batch.add(
          new Delivered(
              new Incoming(n, ScriptedInbox.message(event, Map.of()), 0, Incoming.NO_OFFSET),
              event,
              null));
    }
    return batch;
  }

  private void apply(Target target, List<Delivered> batch) throws InterruptedException {
    Runnable work =
        () -> {
          try (Inbox inbox = queue.open();
              HeldTarget held = new HeldTarget(() -> target, why -> false, Duration.ZERO)) {
            new Applying(inbox, held, new ParkedDocuments(), SETTINGS).apply(batch);
          }
        };
    Thread thread = new Thread(null, work, "refused-batch", STACK_BYTES);
    thread.start();
    thread.join();
  }

  @Test
  void oneOfManyIsFoundInAsManyStepsAsItTakesToHalveThem() throws Exception {
    List<Delivered> batch = batch();
    Event bad = batch.get(700).event();
    apply(refusing(event -> event == bad, false), batch);

    assertThat(queue.parked).hasSize(1);
    assertThat(applied).hasSize(EVENTS - 1).isSortedAccordingTo(byPosition()).doesNotContain(bad);
    assertThat(batches).isLessThan(2 * 11);
  }

  @Test
  void allOfThemCanBeRefusedOneByOne() throws Exception {
    apply(refusing(event -> true, true), batch());

    assertThat(queue.parked).hasSize(EVENTS);
    assertThat(applied).isEmpty();
  }

  @Test
  void halfOfThemCanBeRefusedByAStoreThatDoesNotSayWhich() throws Exception {
    List<Delivered> batch = batch();
    apply(refusing(event -> event.position().compareTo(position(500)) >= 0, false), batch);

    assertThat(queue.parked).hasSize(500);
    assertThat(applied).hasSize(500).isSortedAccordingTo(byPosition());
  }

  private static Comparator<Event> byPosition() {
    return Comparator.comparing(Event::position);
  }
}
