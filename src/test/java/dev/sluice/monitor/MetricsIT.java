package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testing.Events;
import dev.sluice.testing.Promtool;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What {@code /metrics} tells, in the eyes of Prometheus. */
class MetricsIT {
  @Test
  void prometheusReadsThemAndFindsNothingToSayOfTheirNames() {
    assumeTrue(Promtool.isInstalled(), "promtool is not installed (Debian: prometheus)");
    try (WatchedPipeline watched = new WatchedPipeline().start()) {
      watched.parts.source.append(Events.insert(1));
      await().until(() -> watched.counts.confirmed() > 0);

      String text =
          new String(
              new MetricsText().of(watched.monitor.metrics(), null).body(), StandardCharsets.UTF_8);
      assertThat(text).contains("sluice_events_total{operation=\"insert\"} 1.0\n");
      Promtool.checkInput(text, "check", "metrics");
    }
  }
}
