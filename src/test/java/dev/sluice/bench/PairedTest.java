package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class PairedTest {
  @Test
  void whatBothOfAPairHadToBearFallsOut() {
    // Rounds differ by ten, the two of a round by one hundredth always.
    Paired paired = Paired.of(List.of(4.01, 14.01, 24.01), List.of(4.0, 14.0, 24.0));

    assertThat(paired.mean()).isCloseTo(0.01, within(1e-9));
    assertThat(paired.margin()).isCloseTo(0, within(1e-9));
  }

  @Test
  void theMarginIsThatOfStudent() {
    // Differences 1, 2, 3: a standard error of 1/√3, and t of two degrees of freedom.
    Paired paired = Paired.of(List.of(1.0, 2.0, 3.0), List.of(0.0, 0.0, 0.0));

    assertThat(paired.mean()).isCloseTo(2, within(1e-9));
    assertThat(paired.margin()).isCloseTo(4.303 / Math.sqrt(3), within(1e-9));
    assertThat(paired.percentOf(4).mean()).isCloseTo(50, within(1e-9));
  }

  @Test
  void onePairTellsNothing() {
    assertThat(Paired.of(List.of(1.0), List.of(2.0)).margin()).isInfinite();
  }

  @Test
  void figuresWithoutAPartnerAreRefused() {
    assertThatThrownBy(() -> Paired.of(List.of(1.0), List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
