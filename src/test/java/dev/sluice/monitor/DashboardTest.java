package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/grafana/sluice.json is made of the list of metrics: {@code mvn test -Dtest=DashboardTest
 * -Dsluice.golden.write=true} writes it anew.
 */
class DashboardTest {
  private static final Path FILE = Path.of("docs/grafana/sluice.json");

  @Test
  void isTheOneThatTheListOfMetricsMakes() throws IOException {
    if (Boolean.getBoolean("sluice.golden.write")) {
      Files.writeString(FILE, Dashboard.json());
    }
    assertThat(Files.readString(FILE)).isEqualTo(Dashboard.json());
  }

  @Test
  void showsEveryMetricAndNoneThatThereIsNot() throws IOException {
    Set<String> shown = new LinkedHashSet<>();
    expressions()
        .forEach(
            expression -> {
              assertThat(AlertsTest.known()).containsAll(AlertsTest.metricsIn(expression));
              assertThat(AlertsTest.metricsIn(expression)).as(expression).hasSize(1);
              shown.addAll(AlertsTest.metricsIn(expression));
            });

    assertThat(shown.stream().map(name -> name.replaceFirst("_bucket$", "")))
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Metric.values()).map(Metric::fullName).toList());
  }

  @Test
  void readsEachAsItsTypeWants() {
    Stream.of(Panel.OF_PIPELINE, Panel.OF_CONSUMER)
        .flatMap(List::stream)
        .forEach(
            panel ->
                assertThat(panel.metrics().stream().map(Metric::type).collect(Collectors.toSet()))
                    .as(panel.title())
                    .containsOnly(
                        switch (panel.read()) {
                          case A_SECOND, IN_AN_HOUR -> Metric.Type.COUNTER;
                          case QUANTILES -> Metric.Type.HISTOGRAM;
                          case SINCE -> Metric.Type.GAUGE;
                          case AS_IT_IS ->
                              // Of gaps there is none but at a restart, and each counts.
                              panel.metrics().contains(Metric.GAPS)
                                  ? Metric.Type.COUNTER
                                  : Metric.Type.GAUGE;
                        }));
  }

  @Test
  void canBeImported() throws IOException {
    JsonNode dashboard = dashboard();

    assertThat(dashboard.get("uid").asText()).isEqualTo("sluice");
    assertThat(dashboard.get("title").asText()).isEqualTo("Sluice");
    assertThat(dashboard.findValues("datasource").stream().map(each -> each.path("uid").asText()))
        .containsOnly("${datasource}");
    assertThat(dashboard.at("/templating/list").findValuesAsText("name"))
        .containsExactly("datasource", "job", "instance");
    assertThat(
            Stream.iterate(0, i -> i + 1)
                .limit(dashboard.get("panels").size())
                .map(i -> dashboard.get("panels").get(i).get("id").asInt()))
        .doesNotHaveDuplicates();
  }

  private static JsonNode dashboard() throws IOException {
    return new ObjectMapper().readTree(FILE.toFile());
  }

  private static List<String> expressions() throws IOException {
    return dashboard().get("panels").findValuesAsText("expr");
  }
}
