package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Set<FaultKind> ALL = EnumSet.allOf(FaultKind.class);

  private static Duration end(PlannedFault fault) {
    return fault.at().plus(fault.lasts());
  }

  @Test
  void theSameSeedGivesTheSameFaultsAtTheSameTimes() {
    Duration duration = Duration.ofMinutes(5);

    assertThat(Schedule.draw(42, duration, ALL)).isEqualTo(Schedule.draw(42, duration, ALL));
    assertThat(Schedule.draw(42, duration, ALL)).isNotEqualTo(Schedule.draw(43, duration, ALL));
  }

  @Test
  void theOrderInWhichTheKindsAreNamedDoesNotMatter() {
    Duration duration = Duration.ofMinutes(1);

    assertThat(Schedule.draw(1, duration, List.of(FaultKind.STEP_DOWN, FaultKind.BROKER_KILL)))
        .isEqualTo(Schedule.draw(1, duration, List.of(FaultKind.BROKER_KILL, FaultKind.STEP_DOWN)));
  }

  @Test
  void everyKindStrikesBeforeAnyStrikesAgain() {
    List<PlannedFault> schedule = Schedule.draw(7, Duration.ofMinutes(10), ALL);

    assertThat(schedule.subList(0, ALL.size()))
        .extracting(PlannedFault::kind)
        .containsExactlyInAnyOrderElementsOf(ALL);
    assertThat(schedule).hasSizeGreaterThan(ALL.size());
  }

  @Test
  void fiveMinutesHoldAtLeastThirtyFaults() {
    for (long seed = 0; seed < 100; seed++) {
      assertThat(Schedule.draw(seed, Duration.ofMinutes(5), ALL)).hasSizeGreaterThanOrEqualTo(30);
    }
  }

  @Test
  void faultsFollowEachOtherAndEndInTime() {
    for (long seed = 0; seed < 100; seed++) {
      Duration duration = Duration.ofSeconds(90);
      Duration before = Duration.ZERO;
      for (PlannedFault fault : Schedule.draw(seed, duration, ALL)) {
        assertThat(fault.at()).isGreaterThan(before);
        assertThat(fault.lasts()).isBetween(fault.kind().shortest(), fault.kind().longest());
        before = end(fault);
      }
      assertThat(before).isLessThan(duration);
    }
  }

  @Test
  void noKindsGiveNoFaults() {
    assertThat(Schedule.draw(1, Duration.ofMinutes(1), List.of())).isEmpty();
  }

  @Test
  void whatDoesNotFitIsLeftOut() {
    assertThat(Schedule.draw(1, Duration.ofSeconds(6), List.of(FaultKind.BROKER_DOWN))).isEmpty();
  }
}
