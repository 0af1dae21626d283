package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RepeatsTest {
  private static final List<FaultRecord> FAULTS =
      List.of(struck(FaultKind.BROKER_KILL, 100), struck(FaultKind.QUORUM_QUEUE_FULL, 1_000));

  private final List<Repeats.Repeat> repeats = new ArrayList<>();

  private static FaultRecord struck(FaultKind kind, long at) {
    PlannedFault planned = new PlannedFault(kind, Duration.ofNanos(at), Duration.ZERO, 1);
    return new FaultRecord(planned, at, at, "", Optional.empty());
  }

  private Repeats of(int fault, int events) {
    List<Landing> landings =
        LongStream.range(0, events).mapToObj(i -> Docket.landing("a", 0, 2_000)).toList();
    return Repeats.of(
        FAULTS,
        fault,
        new Verdict(0, landings, List.of(), new Findings(), repeats, 0, 0, Map.of()));
  }

  @Test
  void belongToTheFaultBetweenWhoseStrikeAndTheNextBothCopiesCame() {
    repeats.add(new Repeats.Repeat(150, 200));
    repeats.add(new Repeats.Repeat(150, 1_200));
    repeats.add(new Repeats.Repeat(1_100, 1_200));

    assertThat(of(0, 0)).isEqualTo(new Repeats(1, 0));
    assertThat(of(1, 7)).isEqualTo(new Repeats(1, 7));
  }

  @Test
  void areTooManyBeyondOneOfAHundredEvents() {
    assertThat(new Repeats(5, 0).areTooMany()).isFalse();
    assertThat(new Repeats(6, 0).areTooMany()).isTrue();
    assertThat(new Repeats(15, 1_000).areTooMany()).isFalse();
    assertThat(new Repeats(16, 1_000).areTooMany()).isTrue();
  }
}
