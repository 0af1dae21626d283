package dev.sluice.pipeline;

import static dev.sluice.testing.Events.behind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.checkpoint.Claim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The lease by our own clock, which is the test's. Renewed every two seconds of its six. */
class LeadershipTest {
  private static final Duration LENGTH = Duration.ofSeconds(6);
  private static final PipelineException NO_PRIMARY =
      new PipelineException(FailureKind.TRANSIENT, "no primary");
  private static final PipelineException TAKEN =
      new PipelineException(FailureKind.TAKEN_OVER, "taken over");

  private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
  private final Store store = new Store();
  private final Leadership leadership = new Leadership(store, LENGTH, timer);
  private final Sinks.Empty<Void> work = Sinks.empty();
  private final List<String> standingBy = new ArrayList<>();

  private static Checkpoint checkpoint(long epoch, Position position) {
    return new Checkpoint("test", epoch, Optional.ofNullable(position));
  }

  /** Answers as it is told to. */
  private static final class Store implements CheckpointStore {
    private Mono<Claim> claim = Mono.just(new Claim.Ours(checkpoint(1, behind(1))));
    private Mono<Void> renewal = Mono.empty();
    private final List<Optional<Checkpoint>> claims = new ArrayList<>();
    private int renewals;
    private final List<Checkpoint> released = new ArrayList<>();

    @Override
    public Mono<Claim> claim(Optional<Checkpoint> known) {
      return Mono.defer(
          () -> {
            claims.add(known);
            return claim;
          });
    }

    @Override
    public Mono<Void> renew(Checkpoint claimed) {
      return Mono.defer(
          () -> {
            renewals++;
            return renewal;
          });
    }

    @Override
    public Mono<Void> save(Checkpoint checkpoint) {
      return Mono.empty();
    }

    @Override
    public Mono<Void> release(Checkpoint checkpoint) {
      return Mono.fromRunnable(() -> released.add(checkpoint));
    }
  }

  private CompletableFuture<Checkpoint> obtain() {
    return leadership.obtain(others -> standingBy.add(others.owner())).toFuture();
  }

  /** Holds the lease, and renews it from now on. */
  private CompletableFuture<Void> lead() {
    CompletableFuture<Void> ended = leadership.during(work.asMono()).toFuture();
    assertThat(obtain()).isCompleted();
    return ended;
  }

  private void pass(Duration time) {
    timer.advanceTimeBy(time);
  }

  @AfterEach
  void stopTimer() {
    timer.dispose();
  }

  @Test
  void isHeldForAsLongAsItIsRenewed() {
    lead();
    pass(Duration.ofHours(1));

    assertThat(leadership.isHeld()).isTrue();
    assertThat(store.renewals).isEqualTo(1_800);
    assertThat(leadership.lost().toFuture()).isNotDone();
  }

  @Test
  void survivesTwoRenewalsThatFail() {
    lead();
    store.renewal = Mono.error(NO_PRIMARY);
    pass(Duration.ofSeconds(5));
    assertThat(store.renewals).isEqualTo(2);
    assertThat(leadership.isHeld()).isTrue();

    store.renewal = Mono.empty();
    pass(Duration.ofMillis(999));
    assertThat(leadership.isHeld()).isTrue();
    pass(Duration.ofMinutes(1));
    assertThat(leadership.isHeld()).isTrue();
  }

  @Test
  void runsOutWhenRenewalsGoOnFailing() {
    lead();
    CompletableFuture<Void> lost = leadership.lost().toFuture();
    store.renewal = Mono.error(NO_PRIMARY);
    pass(LENGTH.minusMillis(1));
    assertThat(leadership.isHeld()).isTrue();
    pass(Duration.ofMillis(1));

    assertThat(leadership.isHeld()).isFalse();
    assertThatThrownBy(lost::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .hasMessageContaining("has run out");
  }

  @Test
  void runsOutWhenRenewalsAreNotAnswered() {
    lead();
    store.renewal = Mono.never();
    pass(LENGTH);

    assertThat(leadership.isHeld()).isFalse();
  }

  /** As after SIGSTOP, or on a machine that was asleep: no tick in between. */
  @Test
  void isNotHeldAnyMoreAfterAJumpOfTheClock() {
    obtain();
    assertThat(leadership.isHeld()).isTrue();
    pass(Duration.ofMinutes(1));

    assertThat(leadership.isHeld()).as("before anything was asked").isFalse();
    assertThat(leadership.ranOut().kind()).isEqualTo(FailureKind.TAKEN_OVER);
    assertThat(store.renewals).isZero();
  }

  /** It may have been granted at once and the answer come late. */
  @Test
  void countsFromWhenItAskedAndNotFromTheAnswer() {
    store.claim = store.claim.delayElement(Duration.ofSeconds(5), timer);
    CompletableFuture<Checkpoint> obtained = obtain();
    pass(Duration.ofSeconds(5));
    assertThat(obtained).isCompleted();
    assertThat(leadership.isHeld()).isTrue();
    pass(Duration.ofSeconds(1));

    assertThat(leadership.isHeld()).isFalse();
  }

  @Test
  void isLostAtOnceWhenARenewalFindsAnotherOwner() {
    lead();
    CompletableFuture<Void> lost = leadership.lost().toFuture();
    store.renewal = Mono.error(TAKEN);
    pass(Duration.ofSeconds(2));

    assertThat(leadership.isHeld()).isFalse();
    assertThatThrownBy(lost::join).cause().isSameAs(TAKEN);
    pass(Duration.ofMinutes(1));
    assertThat(store.renewals).as("what is lost is not renewed").isEqualTo(1);
  }

  @Test
  void looksEveryHalfSecondWhileAnotherHasIt() {
    store.claim = Mono.just(new Claim.Others("the other", checkpoint(7, behind(3))));
    CompletableFuture<Checkpoint> obtained = obtain();
    pass(Duration.ofSeconds(2));
    assertThat(obtained).isNotDone();
    assertThat(standingBy).containsOnly("the other");
    assertThat(store.claims).hasSize(5);
    assertThat(store.claims.get(0)).isEmpty();
    assertThat(store.claims.get(4))
        .as("what it saw is what it would make a lost checkpoint from")
        .contains(checkpoint(7, behind(3)));

    store.claim = Mono.just(new Claim.Ours(checkpoint(8, behind(4))));
    pass(Duration.ofMillis(500));
    assertThat(obtained).isCompletedWithValue(checkpoint(8, behind(4)));
  }

  @Test
  void asksNobodyAsLongAsItIsHeld() {
    lead();

    assertThat(obtain()).isCompletedWithValue(checkpoint(1, behind(1)));
    assertThat(store.claims).hasSize(1);
  }

  @Test
  void keepsWhatItKnowsIfNobodyHadThePipelineSince() {
    obtain();
    leadership.reached(behind(9));
    pass(Duration.ofMinutes(1));
    store.claim = Mono.just(new Claim.Ours(checkpoint(2, behind(5))));

    assertThat(obtain()).isCompletedWithValue(checkpoint(2, behind(9)));
  }

  @Test
  void takesWhatIsStoredIfAnotherHadThePipelineSince() {
    obtain();
    leadership.reached(behind(9));
    pass(Duration.ofMinutes(1));
    store.claim = Mono.just(new Claim.Ours(checkpoint(3, behind(20))));

    assertThat(obtain()).isCompletedWithValue(checkpoint(3, behind(20)));
  }

  @Test
  void givesUpAClaimThatNobodyAnswers() {
    store.claim = Mono.never();
    CompletableFuture<Checkpoint> obtained = obtain();
    pass(Duration.ofSeconds(30));

    assertThatThrownBy(obtained::join)
        .cause()
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.TRANSIENT));
  }

  @Test
  void isGivenUpOnceAndWithTheNewestPosition() {
    lead();
    leadership.reached(behind(9));
    leadership.resign().block();
    leadership.resign().block();

    assertThat(store.released).containsExactly(checkpoint(1, behind(9)));
    assertThat(leadership.isHeld()).isFalse();
  }

  @Test
  void isNotGivenUpByWhoHasLostIt() {
    lead();
    leadership.lose(TAKEN);
    leadership.resign().block();

    assertThat(store.released).isEmpty();
  }

  @Test
  void endsItsRenewalsWithTheWork() {
    CompletableFuture<Void> ended = lead();
    work.tryEmitEmpty();
    assertThat(ended).isCompleted();
    int renewals = store.renewals;
    pass(Duration.ofMinutes(1));

    assertThat(store.renewals).isEqualTo(renewals);
  }
}
