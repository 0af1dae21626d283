package dev.sluice.monitor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.testing.Promtool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard's queries, in the eyes of Prometheus. */
class DashboardIT {
  @TempDir private Path folder;

  /** A rule is what promtool reads expressions in; the variables are Grafana's. */
  @Test
  void prometheusReadsEachQuery() throws IOException {
    assumeTrue(Promtool.isInstalled(), "promtool is not installed (Debian: prometheus)");
    StringBuilder rules = new StringBuilder("groups:\n  - name: dashboard\n    rules:\n");
    Stream.of(Panel.OF_PIPELINE, Panel.OF_CONSUMER)
        .flatMap(List::stream)
        .flatMap(panel -> panel.lines().stream())
        .map(line -> line.expression().replace("$__rate_interval", "1m").replace("$", "x"))
        .forEach(
            expression -> {
              rules.append("      - record: r").append(rules.length()).append("\n        expr: '");
              rules.append(expression).append("'\n");
            });

    Path file = Files.writeString(folder.resolve("rules.yaml"), rules);
    Promtool.check("check", "rules", file.toString());
  }
}
