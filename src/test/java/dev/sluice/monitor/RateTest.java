package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateTest {
  private long now = -5_000_000_000L;
  private final Rate rate = new Rate(() -> now);

  @Test
  void isThatSinceTheLastLook() {
    now += 2_000_000_000L;
    assertThat(rate.since(10)).isEqualTo(5);
    now += 1_000_000_000L;
    assertThat(rate.since(13)).isEqualTo(3);
    now += 1_000_000_000L;
    assertThat(rate.since(13)).isZero();
  }

  @Test
  void isANumberWhereTheClockHasNotMoved() {
    assertThat(rate.since(0)).isZero();
    assertThat(rate.since(1)).isFinite();
  }
}
