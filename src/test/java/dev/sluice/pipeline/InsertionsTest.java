package dev.sluice.pipeline;

import static dev.sluice.testing.Events.insert;
import static dev.sluice.testing.Events.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.pipeline.ChangeSource.Progress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.test.publisher.TestPublisher;

/** Changes of our own between those of a stream; what is let in has numbers from 1000 on. */
class InsertionsTest {
  private final TestPublisher<Change> stream = TestPublisher.create();
  private final InsertionScript script = new InsertionScript();
  private final Insertions insertions = new Insertions(script);
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private Progress ofStream;

  private final Follower follower = new Follower();

  private static class Follower extends BaseSubscriber<Change> {
    final List<Integer> numbers = new CopyOnWriteArrayList<>();
    volatile Throwable failure;
    volatile boolean complete;

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      // Asks when a test says so.
    }

    @Override
    protected void hookOnNext(Change change) {
      numbers.add(number(change));
    }

    @Override
    protected void hookOnError(Throwable cause) {
      failure = cause;
    }

    @Override
    protected void hookOnComplete() {
      complete = true;
    }
  }

  private static int number(Change change) {
    return (int) ((ChangeEvent) change).order().clusterTime();
  }

  private static List<Change> inserts(int from, int count) {
    return IntStream.range(from, from + count).<Change>mapToObj(n -> insert(n)).toList();
  }

  private void follow(long demand) {
    insertions
        .into(
            progress -> {
              ofStream = progress;
              return stream.flux();
            },
            (events, token) -> heard.add(events + " " + token))
        .subscribe(follower);
    if (demand > 0) {
      follower.request(demand);
    }
  }

  private static String behind(long events, int token) {
    return events + " " + token(token);
  }

  @Test
  void handsOnWhatTheStreamBringsWhereNothingIsLetIn() {
    follow(Long.MAX_VALUE);

    stream.next(insert(1), insert(2));
    ofStream.reached(2, token(2));
    stream.complete();

    assertThat(follower.numbers).containsExactly(1, 2);
    assertThat(heard).containsExactly(behind(2, 2));
    assertThat(follower.complete).isTrue();
  }

  @Test
  void asksTheStreamForAChangeOnlyWhenItIsAskedForOne() {
    follow(0);
    stream.assertWasNotRequested();

    follower.request(1);
    stream.assertMinRequested(1).assertMaxRequested(1);
    stream.next(insert(1));
    stream.assertMinRequested(0).assertMaxRequested(0);
    follower.request(2);
    stream.assertMaxRequested(1);
    stream.next(insert(2));

    stream.assertMinRequested(1).assertMaxRequested(1);
    assertThat(follower.numbers).containsExactly(1, 2);
  }

  @Test
  void letsChangesInBeforeAndBehindOneOfTheStream() {
    follow(Long.MAX_VALUE);
    script.before.add(insert(1000));
    script.behind.addAll(inserts(1001, 2));

    stream.next(insert(1), insert(2));

    assertThat(follower.numbers).containsExactly(1000, 1, 1001, 1002, 2);
  }

  @Test
  void handsOverAsMuchOfAChunkAsIsAskedForAndAsksTheStreamForNothingMeanwhile() {
    follow(1);
    script.before.addAll(inserts(1000, 5000));
    stream.next(insert(1));
    assertThat(follower.numbers).containsExactly(1000);

    follower.request(10);

    assertThat(follower.numbers).hasSize(11).endsWith(1010);
    stream.assertMaxRequested(0);
    follower.request(5000 - 10);
    assertThat(follower.numbers).hasSize(5001).endsWith(1);
    stream.assertMaxRequested(0);
  }

  @Test
  void countsWhatIsLetInAndNotWhatIsLeftOut() {
    follow(Long.MAX_VALUE);
    script.before.addAll(inserts(1000, 3));
    stream.next(insert(1));
    ofStream.reached(1, token(1));
    script.leavesOut = true;
    stream.next(insert(2), insert(3));
    ofStream.reached(3, token(3));
    script.leavesOut = false;
    stream.next(insert(4));
    ofStream.reached(4, token(4));

    assertThat(follower.numbers).containsExactly(1000, 1001, 1002, 1, 4);
    assertThat(heard).containsExactly(behind(4, 1), behind(4, 3), behind(5, 4));
  }

  @Test
  void tellsOfProgressOnlyOnceTheEventsBeforeItHaveCome() {
    follow(Long.MAX_VALUE);
    ofStream.reached(2, token(2));
    ofStream.reached(3, token(3));
    assertThat(heard).isEmpty();

    stream.next(insert(1));
    assertThat(heard).isEmpty();
    script.before.add(insert(1000));
    stream.next(insert(2));
    assertThat(heard).containsExactly(behind(3, 2));
    stream.next(insert(3));

    assertThat(heard).containsExactly(behind(3, 2), behind(4, 3));
  }

  @Test
  void letsChangesInAtAMarkOfAnIdleStreamWhichThenStandsBehindThem() {
    follow(Long.MAX_VALUE);
    script.atMark.addAll(inserts(1000, 2));

    ofStream.reached(0, token(7));
    ofStream.reached(0, token(8));

    assertThat(follower.numbers).containsExactly(1000, 1001);
    assertThat(heard).containsExactly(behind(2, 7), behind(2, 8));
  }

  @Test
  void tellsOfAMarkWhileWhatWasLetInThereIsStillWaiting() {
    follow(1);
    script.atMark.addAll(inserts(1000, 3));

    ofStream.reached(0, token(7));

    assertThat(follower.numbers).containsExactly(1000);
    assertThat(heard).containsExactly(behind(3, 7));
    ofStream.reached(0, token(8));
    assertThat(heard).hasSize(1);
    follower.request(2);
    assertThat(heard).containsExactly(behind(3, 7), behind(3, 8));
  }

  @Test
  void keepsAMarkToItselfWhereTheStreamMustNotBeResumed() {
    follow(Long.MAX_VALUE);
    script.mayBeResumed = false;

    ofStream.reached(0, token(7));

    assertThat(heard).isEmpty();
  }

  @Test
  void tellsNothingOfAMarkThatIsPassedAlready() {
    follow(Long.MAX_VALUE);
    stream.next(insert(1), insert(2));

    ofStream.reached(1, token(1));

    assertThat(heard).isEmpty();
  }

  @Test
  void letsChangesInWhenItIsWokenWhileTheStreamIsIdle() {
    follow(2);
    script.whenWoken.addAll(inserts(1000, 3));

    insertions.wake();

    assertThat(follower.numbers).containsExactly(1000, 1001);
    follower.request(1);
    assertThat(follower.numbers).containsExactly(1000, 1001, 1002);
  }

  @Test
  void isWokenByWhatWokeItBeforeTheStreamWasThere() {
    script.whenWoken.add(insert(1000));
    insertions.wake();

    follow(1);

    assertThat(follower.numbers).containsExactly(1000);
  }

  @Test
  void isNotWokenAgainBeforeWhatItWasWokenForIsThrough() {
    follow(1);
    script.whenWoken.addAll(inserts(1000, 2));
    insertions.wake();
    script.whenWoken.add(insert(1002));

    insertions.wake();

    assertThat(script.whenWoken).hasSize(1);
    follower.request(2);
    assertThat(follower.numbers).containsExactly(1000, 1001, 1002);
  }

  @Test
  void showsAnEventThatComesMeanwhileOnlyWhenWhatWasLetInIsThrough() {
    follow(1);
    script.whenWoken.addAll(inserts(1000, 2));
    insertions.wake();

    stream.next(insert(1));

    assertThat(script.seen).isEmpty();
    follower.request(1);
    assertThat(script.seen).hasSize(1);
    assertThat(follower.numbers).containsExactly(1000, 1001);
    follower.request(1);
    assertThat(follower.numbers).containsExactly(1000, 1001, 1);
  }

  @Test
  void completesOnlyBehindWhatIsLetInAtTheEnd() {
    follow(1);
    script.behind.add(insert(1000));
    stream.next(insert(1));
    script.atEnd.add(insert(1001));
    stream.complete();
    assertThat(follower.complete).isFalse();

    follower.request(1);
    assertThat(follower.complete).isFalse();
    follower.request(1);

    assertThat(follower.numbers).containsExactly(1, 1000, 1001);
    assertThat(follower.complete).isTrue();
  }

  @Test
  void failsAtOnceAsTheStreamDoes() {
    follow(1);
    script.behind.add(insert(1000));
    stream.next(insert(1));
    RuntimeException failure = new IllegalStateException("gone");

    stream.error(failure);

    assertThat(follower.failure).isSameAs(failure);
    insertions.wake();
    assertThat(follower.numbers).containsExactly(1);
  }

  @Test
  void closesTheStreamAndFailsIfWhatIsToBeLetInCannotBeTold() {
    follow(1);
    script.failure = new IllegalStateException("lost count");

    stream.next(insert(1));

    stream.assertCancelled();
    assertThat(follower.failure)
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("lost count");
  }

  @Test
  void handsNothingOverOnceItIsCancelled() {
    follow(1);
    script.whenWoken.addAll(inserts(1000, 2));
    insertions.wake();

    follower.cancel();

    stream.assertCancelled();
    script.whenWoken.add(insert(1002));
    insertions.wake();
    ofStream.reached(0, token(7));
    assertThat(follower.numbers).containsExactly(1000);
    assertThat(heard).isEmpty();
    assertThat(script.whenWoken).hasSize(1);
  }

  @Test
  void twoBehindOneAnotherCountWhatBothLetIn() {
    InsertionScript outerScript = new InsertionScript();
    Insertions outer = new Insertions(outerScript);
    outer
        .into(
            progress ->
                insertions.into(
                    own -> {
                      ofStream = own;
                      return stream.flux();
                    },
                    progress),
            (events, token) -> heard.add(events + " " + token))
        .subscribe(follower);
    follower.request(Long.MAX_VALUE);
    outerScript.before.add(insert(2000));
    script.before.add(insert(1000));
    stream.next(insert(1));

    script.atMark.add(insert(1001));
    outerScript.atMark.add(insert(2001));
    ofStream.reached(1, token(5));

    assertThat(follower.numbers).containsExactly(2000, 1000, 1, 1001, 2001);
    assertThat(heard).containsExactly(behind(5, 5));
  }
}
