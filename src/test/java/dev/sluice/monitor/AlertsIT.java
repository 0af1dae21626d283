package dev.sluice.monitor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testing.Promtool;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The alerts, in the eyes of Prometheus. */
class AlertsIT {
  @BeforeAll
  static void needsPromtool() {
    assumeTrue(Promtool.isInstalled(), "promtool is not installed (Debian: prometheus)");
  }

  @Test
  void prometheusReadsThem() {
    Promtool.check("check", "rules", "docs/prometheus/alerts.yaml");
  }

  @Test
  void theyFireWhenTheyShouldAndAtNoOtherTime() {
    Promtool.check("test", "rules", "docs/prometheus/alerts.test.yaml");
  }
}
