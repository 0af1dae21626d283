package dev.sluice.pipeline;

import static dev.sluice.testing.Events.insert;
import static dev.sluice.testing.Events.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.Change;
import dev.sluice.change.ResumeToken;
import dev.sluice.pipeline.ChangeSource.Progress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A driver's thread, one that asks for more, and one that wakes, all at once. */
class InsertionsThreadsTest {
  private static final int EVENTS = 20_000;
  private static final int BATCH = 7;

  /** Numbers from here on are of what is let in. */
  private static final int LET_IN = 1_000_000;

  private final Scheduler driver = Schedulers.newSingle("test-driver");
  private final Scheduler asking = Schedulers.newSingle("test-asking");
  private final Scheduler waking = Schedulers.newSingle("test-waking");
  private final Counting counting = new Counting();
  private final Insertions stage = new Insertions(counting);

  /** How many changes were told to be before which event of the stream. */
  private record Told(int changes, int event) {}

  private final List<Told> told = new CopyOnWriteArrayList<>();

  /** Lets in one change at each mark, and two each time that it is woken. */
  private static final class Counting implements Insertions.Between {
    private final AtomicBoolean busy = new AtomicBoolean();
    volatile boolean overlapped;
    private int letIn;

    private void alone(Runnable work) {
      overlapped |= !busy.compareAndSet(false, true);
      work.run();
      busy.set(false);
    }

    @Override
    public void change(Change change, Consumer<Change> out) {
      alone(() -> out.accept(change));
    }

    @Override
    public boolean mark(ResumeToken token, boolean passed, Consumer<Change> out) {
      alone(() -> letIn(1, out));
      return true;
    }

    @Override
    public void woken(Consumer<Change> out) {
      alone(() -> letIn(2, out));
    }

    private void letIn(int count, Consumer<Change> out) {
      for (int i = 0; i < count; i++) {
        letIn++;
        out.accept(insert(LET_IN + letIn));
      }
    }
  }

  @AfterEach
  void dispose() {
    driver.dispose();
    asking.dispose();
    waking.dispose();
  }

  private static int number(Change change) {
    return (int) change.order().clusterTime();
  }

  /** As the driver's: each batch is told of before its first event. */
  private Flux<Change> stream(Progress progress) {
    return Flux.range(1, EVENTS)
        .doOnNext(
            n -> {
              if (n % BATCH == 1) {
                int last = Math.min(EVENTS, n + BATCH - 1);
                progress.reached(last, token(last));
              }
            })
        .<Change>map(n -> insert(n))
        .publishOn(driver, 1);
  }

  private void progress(long changes, ResumeToken token) {
    told.add(new Told((int) changes, (int) token.clusterTime().orElseThrow().getValue()));
  }

  @Test
  void itIsRunByOneAtATimeAndLosesNothing() {
    var waker = Flux.range(0, 2000).publishOn(waking).subscribe(n -> stage.wake());
    var changes =
        stage
            .into(this::stream, this::progress)
            .publishOn(asking, 16)
            .map(InsertionsThreadsTest::number)
            .collectList()
            .toFuture();
    await().until(() -> changes.isDone() && waker.isDisposed());
    List<Integer> numbers = changes.join();

    assertThat(counting.overlapped).isFalse();
    assertThat(numbers.stream().filter(n -> n <= LET_IN))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, EVENTS).boxed().toList());
    assertThat(numbers.stream().filter(n -> n > LET_IN))
        .isSorted()
        .hasSizeGreaterThan(EVENTS / BATCH);
    assertThat(told).hasSize(EVENTS / BATCH + 1);
    for (Told mark : told) {
      // Behind the event and what was let in at the mark, and before the next event.
      assertThat(numbers.get(mark.changes() - 1)).isGreaterThan(LET_IN);
      assertThat(numbers.subList(0, mark.changes()).stream().filter(n -> n <= LET_IN))
          .hasSize(mark.event());
    }
  }
}
