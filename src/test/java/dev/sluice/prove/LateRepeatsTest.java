package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LateRepeatsTest {
  private static final FaultRecord FROM_100_TO_110 =
      new FaultRecord(
          new PlannedFault(FaultKind.BROKER_DOWN, Duration.ZERO, Duration.ZERO, 0),
          seconds(100),
          seconds(110),
          "",
          Optional.empty());

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  private static boolean isLate(long firstAt, long at) {
    Repeats.Repeat repeat = new Repeats.Repeat(seconds(firstAt), seconds(at));
    return !LateRepeats.of(List.of(repeat), List.of(FROM_100_TO_110)).isEmpty();
  }

  @Test
  void whatWasUnconfirmedOrUnsavedWhenAFaultStruckMayComeAgain() {
    assertThat(isLate(95, 140)).isFalse();
    assertThat(isLate(105, 170)).isFalse();
  }

  @Test
  void whatWasSavedLongBeforeAFaultMustNotComeAgain() {
    assertThat(isLate(80, 140)).isTrue();
  }

  @Test
  void longBehindAFaultNothingMayComeAgainBecauseOfIt() {
    assertThat(isLate(105, 175)).isTrue();
  }

  @Test
  void aFaultThatStruckLaterAccountsForNothing() {
    assertThat(isLate(50, 95)).isTrue();
  }

  @Test
  void aShortWhileNeedsNoFault() {
    assertThat(isLate(20, 45)).isFalse();
  }
}
