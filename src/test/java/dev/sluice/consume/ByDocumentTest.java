package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ByDocumentTest {
  private static Event change(int document, int at) {
    return insert(PLAYS, key(document), position(at), "{}");
  }

  private static Batch changes(int documents, int count) {
    List<Event> events = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      events.add(change(n % documents, n));
    }
    return new Batch(events);
  }

  private static void awaitAll(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void keepsTheOrderOfEachDocumentWhateverTheWorkersTake(int count) {
    Random random = new Random(count);
    List<Event> applied = new ArrayList<>();
    try (ByDocument workers = new ByDocument(count)) {
      workers.apply(
          changes(20, 500),
          (events, goOn) -> {
            for (Event event : events) {
              synchronized (applied) {
                applied.add(event);
              }
              LockSupport.parkNanos(random.nextInt(300_000));
            }
          });
    }

    assertThat(applied).hasSize(500);
    Map<DocumentKey, String> last = new HashMap<>();
    for (Event event : applied) {
      String before = last.put(event.key(), event.position());
      assertThat(before == null || before.compareTo(event.position()) < 0).isTrue();
    }
  }

  @Test
  void worksWithAllWorkersAtTheSameTime() {
    CyclicBarrier all = new CyclicBarrier(4);
    Set<String> threads = ConcurrentHashMap.newKeySet();
    try (ByDocument workers = new ByDocument(4)) {
      workers.apply(
          changes(100, 100),
          (events, goOn) -> {
            threads.add(Thread.currentThread().getName());
            try {
              all.await(30, TimeUnit.SECONDS);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
    }

    assertThat(threads).hasSize(4);
  }

  @Test
  void oneWorkerIsTheCallersThread() {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    try (ByDocument workers = new ByDocument(1)) {
      workers.apply(changes(10, 10), (events, goOn) -> threads.add(Thread.currentThread()));
    }

    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void whatConcernsMoreThanOneDocumentWaitsForAllBeforeItAndHoldsAllBehindIt() {
    List<Event> events = new ArrayList<>(changes(30, 60).events());
    events.add(whole(EventType.DROP, PLAYS, position(60)));
    for (int n = 61; n < 120; n++) {
      events.add(change(n % 30, n));
    }
    AtomicInteger done = new AtomicInteger();
    List<Integer> before = new ArrayList<>();
    try (ByDocument workers = new ByDocument(3)) {
      workers.apply(
          new Batch(events),
          (share, goOn) -> {
            for (Event event : share) {
              if (event.type() == EventType.DROP) {
                before.add(done.get());
              }
              LockSupport.parkNanos(100_000);
              done.incrementAndGet();
            }
          });
    }

    assertThat(before).containsExactly(60);
    assertThat(done).hasValue(120);
  }

  @Test
  void throwsOnlyWhenNoWorkerWorksAnyMoreAndTellsTheOthersToLeaveOff() {
    CountDownLatch begun = new CountDownLatch(2);
    AtomicInteger order = new AtomicInteger();
    AtomicInteger leftOff = new AtomicInteger();
    TargetException away = TargetException.unavailable("away", null);
    try (ByDocument workers = new ByDocument(3)) {
      assertThatThrownBy(
              () ->
                  workers.apply(
                      changes(50, 50),
                      (events, goOn) -> {
                        if (order.getAndIncrement() == 0) {
                          awaitAll(begun);
                          throw away;
                        }
                        begun.countDown();
                        while (goOn.getAsBoolean()) {
                          LockSupport.parkNanos(1_000_000);
                        }
                        LockSupport.parkNanos(20_000_000);
                        leftOff.incrementAndGet();
                      }))
          .isSameAs(away);
      assertThat(leftOff).hasValue(2);
    }
  }

  @Test
  void ofSeveralFailuresTheOneIsThrownThatAsksForMost() {
    TargetException unusable = TargetException.unusable("a wrong login");
    List<TargetException> failures =
        List.of(
            TargetException.refused("no", null),
            TargetException.unavailable("away", null),
            unusable);
    CyclicBarrier all = new CyclicBarrier(3);
    AtomicInteger next = new AtomicInteger();
    try (ByDocument workers = new ByDocument(3)) {
      assertThatThrownBy(
              () ->
                  workers.apply(
                      changes(50, 50),
                      (events, goOn) -> {
                        try {
                          all.await(30, TimeUnit.SECONDS);
                        } catch (Exception e) {
                          throw new IllegalStateException(e);
                        }
                        throw failures.get(next.getAndIncrement());
                      }))
          .isSameAs(unusable);
    }
  }
}
