package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A thread that does nothing for a minute is not well, and one that is idle is. */
class ThreadPulseTest {
  private final List<Runnable> waiting = new ArrayList<>();
  private long nanos;
  private final ThreadPulse pulse =
      new ThreadPulse(Map.of("stuck", waiting::add, "idle", Runnable::run), () -> nanos);

  @Test
  void tellsWhichThreadHasStopped() {
    pulse.ask();
    nanos += TimeUnit.SECONDS.toNanos(59);
    pulse.ask();
    assertThat(pulse.wellByName()).containsEntry("stuck", true).containsEntry("idle", true);

    nanos += TimeUnit.SECONDS.toNanos(2);
    assertThat(pulse.wellByName()).containsEntry("stuck", false).containsEntry("idle", true);
    assertThat(waiting).as("asked once until it answers").hasSize(1);

    waiting.get(0).run();
    assertThat(pulse.wellByName()).containsEntry("stuck", true);
  }
}
