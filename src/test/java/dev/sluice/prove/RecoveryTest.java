package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RecoveryTest {
  private static FaultRecord fault(long struckAt, long liftedAt) {
    PlannedFault planned = new PlannedFault(FaultKind.BROKER_DOWN, Duration.ZERO, Duration.ZERO, 0);
    return new FaultRecord(planned, struckAt, liftedAt, "", Optional.empty());
  }

  private static Landing landing(long begunAt, long at) {
    return Docket.landing("a" + begunAt, begunAt, at);
  }

  @Test
  void countsFromTheEndOfTheCauseToTheFirstWriteThatWasBegunAfterIt() {
    List<Landing> landings =
        List.of(landing(5, 8), landing(15, 45), landing(25, 50), landing(32, 58), landing(33, 59));

    assertThat(Recovery.of(fault(10, 30), landings).recoveryNanos()).isEqualTo(OptionalLong.of(28));
  }

  @Test
  void theSilenceIsTheLongestTimeWithoutANewEvent() {
    List<Landing> landings =
        List.of(landing(5, 8), landing(15, 45), landing(25, 50), landing(32, 58), landing(33, 99));

    assertThat(Recovery.of(fault(10, 30), landings).silenceNanos()).isEqualTo(35);
  }

  @Test
  void aStandbyThatTakesOverShowsInTheSilenceOnly() {
    List<Landing> landings = List.of(landing(11, 15), landing(16, 19), landing(30, 31));

    Recovery recovery = Recovery.of(fault(10, 30), landings);

    assertThat(recovery.recoveryNanos()).isEqualTo(OptionalLong.of(1));
    assertThat(recovery.silenceNanos()).isEqualTo(12);
  }

  @Test
  void whatNeverComesIsNoRecovery() {
    assertThat(Recovery.of(fault(10, 30), List.of(landing(5, 8))).recoveryNanos()).isEmpty();
  }
}
