package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Durations are counted so that what is read of them is right to a fifth. */
class DurationCountsTest {
  private final DurationCounts durations = new DurationCounts();
  private final long[] nothing = durations.snapshot();

  private double quantile(double part) {
    return DurationCounts.quantile(part, nothing, durations.snapshot()).orElseThrow();
  }

  @Test
  void tellsQuantilesOfWhatCameBetweenTwoLooks() {
    for (int millis = 1; millis <= 1_000; millis++) {
      durations.record(millis * 1_000_000L);
    }

    assertThat(quantile(0.5)).isCloseTo(500, within(100.0));
    assertThat(quantile(0.99)).isCloseTo(990, within(200.0));
    assertThat(durations.sumSeconds()).isCloseTo(500.5, within(0.1));

    long[] before = durations.snapshot();
    assertThat(DurationCounts.quantile(0.5, before, durations.snapshot())).isEmpty();
    durations.record(7_000_000);
    assertThat(DurationCounts.quantile(0.5, before, durations.snapshot()).orElseThrow())
        .isCloseTo(7, within(1.4));
  }

  @Test
  void countsEveryDurationThereIsInABucketOfItsOwnSize() {
    long[] nanos = {-5, 0, 999, 1_000, 3_000, 255_999, 256_000, 300_000, 1_000_000_000L};
    for (long each : nanos) {
      durations.record(each);
    }
    durations.record(Long.MAX_VALUE);

    double[] bounds = DurationCounts.bounds();
    long[] counted = DurationCounts.between(durations.snapshot());
    assertThat(Arrays.stream(counted).sum()).isEqualTo(nanos.length + 1);
    assertThat(bounds[0]).isEqualTo(0.000256);
    assertThat(counted[0]).as("below 256 microseconds").isEqualTo(6);
    assertThat(counted[1]).isEqualTo(2);
    assertThat(counted[counted.length - 1]).isEqualTo(1);
    assertThat(bounds[bounds.length - 1]).isInfinite();
  }
}
