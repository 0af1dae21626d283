package dev.sluice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How a broker is approached that refuses messages. */
class CongestionTest {
  private static final int WINDOW = 100;
  private static final long SHORTEST = Congestion.SHORTEST_PAUSE.toNanos();
  private static final long LONGEST = Congestion.LONGEST_PAUSE.toNanos();

  private final Congestion congestion = new Congestion(WINDOW, () -> 1);
  private long now;

  private void pass(long nanos) {
    now += nanos;
  }

  /** What is refused when nothing else is on its way, and how long is waited then. */
  private long pauseBehindARefusal() {
    congestion.refused(now);
    long pause = congestion.waitNanos(now, 0);
    pass(pause);
    return pause;
  }

  @Test
  void holdsNothingBackBeforeTheFirstRefusal() {
    assertThat(congestion.isFree()).isTrue();
    assertThat(congestion.waitNanos(now, WINDOW)).isZero();
  }

  @Test
  void tellsOfTheFirstRefusalOnly() {
    assertThat(congestion.refused(now)).isTrue();
    assertThat(congestion.refused(now)).isFalse();
    pass(SHORTEST);
    assertThat(congestion.refused(now)).isFalse();
  }

  @Test
  void waitsForWhatIsDueAndThenPausesAndThenLetsOneGo() {
    congestion.refused(now);
    assertThat(congestion.waitNanos(now, 3)).isEqualTo(Congestion.DUE.toNanos());

    assertThat(congestion.waitNanos(now, 0)).isEqualTo(SHORTEST);
    pass(SHORTEST);

    assertThat(congestion.waitNanos(now, 0)).isZero();
    assertThat(congestion.waitNanos(now, 1)).isEqualTo(Congestion.UNTIL_ANSWERED);
  }

  @Test
  void waitsForASecondAtTheMostForAnAnswerThatDoesNotComeAndThenNoMore() {
    congestion.refused(now);
    pass(Congestion.DUE.toNanos());

    assertThat(congestion.waitNanos(now, 2)).isEqualTo(SHORTEST);
    pass(SHORTEST);
    assertThat(congestion.waitNanos(now, 2)).isZero();
    assertThat(congestion.waitNanos(now, 3)).isEqualTo(Congestion.UNTIL_ANSWERED);

    congestion.refused(now);
    assertThat(congestion.waitNanos(now, 2)).isEqualTo(2 * SHORTEST);
  }

  @Test
  void doublesWithEachConfirmedRoundUntilNothingIsHeldBack() {
    pauseBehindARefusal();
    int unanswered = 1;
    for (int round = 0; round < 7; round++) {
      assertThat(congestion.waitNanos(now, unanswered)).isEqualTo(Congestion.UNTIL_ANSWERED);
      assertThat(congestion.waitNanos(now, unanswered - 1)).isZero();
      congestion.confirmed(unanswered);
      unanswered *= 2;
    }

    assertThat(congestion.waitNanos(now, WINDOW - 1)).isZero();
  }

  @Test
  void beginsAnewWithTheNextRefusal() {
    pauseBehindARefusal();
    congestion.confirmed(1);
    congestion.confirmed(2);
    assertThat(congestion.waitNanos(now, 3)).isZero();

    pauseBehindARefusal();

    assertThat(congestion.waitNanos(now, 1)).isEqualTo(Congestion.UNTIL_ANSWERED);
  }

  @Test
  void pausesTwiceAsLongEachTimeUpToASecondAndHalfAsLongBehindAConfirm() {
    assertThat(pauseBehindARefusal()).isEqualTo(SHORTEST);
    assertThat(pauseBehindARefusal()).isEqualTo(2 * SHORTEST);
    assertThat(pauseBehindARefusal()).isEqualTo(4 * SHORTEST);
    for (int i = 0; i < 10; i++) {
      pauseBehindARefusal();
    }
    assertThat(pauseBehindARefusal()).isEqualTo(LONGEST);

    congestion.confirmed(1);

    assertThat(pauseBehindARefusal()).isEqualTo(LONGEST / 2);
  }

  @Test
  void pausesForHalfOfThatAtTheLeastByChance() {
    Congestion lucky = new Congestion(WINDOW, () -> 0);
    lucky.refused(now);

    assertThat(lucky.waitNanos(now, 0)).isEqualTo(SHORTEST / 2);
  }

  @Test
  void isOverWhenNothingWasRefusedForAWhile() {
    pauseBehindARefusal();
    pass(Congestion.CALM.minus(Duration.ofMillis(100)).toNanos());
    assertThat(congestion.endsBy(now)).isFalse();

    pass(Duration.ofMillis(100).toNanos());

    assertThat(congestion.endsBy(now)).isTrue();
    assertThat(congestion.endsBy(now)).isFalse();
    assertThat(congestion.isFree()).isTrue();
    assertThat(congestion.waitNanos(now, WINDOW)).isZero();
    assertThat(congestion.refused(now)).isTrue();
    assertThat(congestion.waitNanos(now, 0)).isEqualTo(SHORTEST);
  }
}
