package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/METRICS.md has exactly the metrics of the list, and the list keeps Prometheus's rules. */
class MetricsPageTest {
  private static final String HEAD =
      "| metric | type | label | what it says |\n|---|---|---|---|\n";

  private static String table(List<Metric> metrics) {
    return metrics.stream()
        .map(
            metric ->
                "| `%s` | %s | %s | %s |\n"
                    .formatted(
                        metric.fullName(),
                        metric.type().name().toLowerCase(Locale.ROOT),
                        metric.labels().stream()
                            .map(label -> "`" + label + "`")
                            .collect(Collectors.joining(", ")),
                        metric.help()))
        .collect(Collectors.joining("", HEAD, ""));
  }

  @Test
  void thePageHasTheTableOfEachProgram() throws Exception {
    String page = Files.readString(Path.of("docs/METRICS.md"));

    assertThat(page).contains(table(Metric.of(Metric.Program.PIPELINE)));
    assertThat(page).contains(table(Metric.of(Metric.Program.CONSUMER)));
  }

  @Test
  void everyNameIsOfPrometheussForm() {
    for (Metric metric : Metric.values()) {
      assertThat(metric.fullName()).matches("sluice_[a-z]+(_[a-z]+)*");
      assertThat(metric.fullName().endsWith("_total"))
          .as(metric.fullName())
          .isEqualTo(metric.type() == Metric.Type.COUNTER);
      assertThat(metric.help()).endsWith(".");
      assertThat(metric.labels()).hasSizeLessThanOrEqualTo(1);
    }
    assertThat(Metric.values()).extracting(Metric::fullName).doesNotHaveDuplicates();
  }
}
