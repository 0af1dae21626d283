package dev.sluice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.FailureSettings;
import dev.sluice.config.FailureSettings.OnPoison;
import dev.sluice.config.FailureSettings.OnPositionLost;
import dev.sluice.config.FailureSettings.OnUnroutable;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private static final PipelineException RETURNED =
      new PipelineException(FailureKind.UNROUTABLE, "no queue");
  private static final PipelineException TOO_LARGE =
      new PipelineException(FailureKind.POISON_EVENT, "too large");

  private static Refusals refusals(OnUnroutable onUnroutable, OnPoison onPoison) {
    return new Refusals(new FailureSettings(OnPositionLost.STOP, onUnroutable, onPoison), 1_000);
  }

  @Test
  void remembersWhatIsToBeParkedAndWhy() {
    Refusals refusals = refusals(OnUnroutable.PARK, OnPoison.PARK);
    refusals.note("a", RETURNED);
    refusals.note("b", TOO_LARGE);

    assertThat(refusals.of("a")).contains(RETURNED);
    assertThat(refusals.of("b")).contains(TOO_LARGE);
    assertThat(refusals.of("c")).isEmpty();
    assertThat(refusals.noted()).isEqualTo(2);
    assertThat(refusals.isEmpty()).isFalse();
  }

  @Test
  void forgetsAtOnceWhatIsNotToBeParked() {
    Refusals neither = refusals(OnUnroutable.RETRY, OnPoison.STOP);
    neither.note("a", RETURNED);
    neither.note("b", TOO_LARGE);
    assertThat(neither.isEmpty()).isTrue();
    assertThat(neither.noted()).isZero();

    Refusals returnedOnly = refusals(OnUnroutable.PARK, OnPoison.STOP);
    returnedOnly.note("a", RETURNED);
    returnedOnly.note("b", TOO_LARGE);
    assertThat(returnedOnly.of("a")).isPresent();
    assertThat(returnedOnly.of("b")).isEmpty();
  }

  @Test
  void keepsTheNewestThousand() {
    Refusals refusals = refusals(OnUnroutable.PARK, OnPoison.PARK);
    for (int i = 0; i <= 1_000; i++) {
      refusals.note("id-" + i, RETURNED);
    }

    assertThat(refusals.of("id-0")).isEmpty();
    assertThat(refusals.of("id-1")).isPresent();
    assertThat(refusals.of("id-1000")).isPresent();
    assertThat(refusals.noted()).isEqualTo(1_001);
  }
}
