package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipeline.PipelineState;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** What docs/prometheus/alerts.yaml says, against the code and the documents. */
class AlertsTest {
  private static final Path FILE = Path.of("docs/prometheus/alerts.yaml");
  private static final Pattern METRIC = Pattern.compile("sluice_[a-z_]+");
  private static final Pattern STATES = Pattern.compile("state=~\"([a-z_|]+)\"");

  /** One rule. */
  record Alert(
      String alert, String expr, Map<String, String> labels, Map<String, String> annotations) {
    @Override
    public String toString() {
      return alert;
    }
  }

  @SuppressWarnings("unchecked")
  static List<Alert> alerts() throws IOException {
    try (Reader reader = Files.newBufferedReader(FILE)) {
      Map<String, List<Map<String, Object>>> file = new Yaml().load(reader);
      return file.get("groups").stream()
          .flatMap(group -> ((List<Map<String, Object>>) group.get("rules")).stream())
          .map(
              rule ->
                  new Alert(
                      (String) rule.get("alert"),
                      (String) rule.get("expr"),
                      (Map<String, String>) rule.get("labels"),
                      (Map<String, String>) rule.get("annotations")))
          .toList();
    }
  }

  /** What a metric is called in queries; a histogram is asked by its parts. */
  static Set<String> known() {
    return Arrays.stream(Metric.values())
        .flatMap(
            metric ->
                metric.type() == Metric.Type.HISTOGRAM
                    ? List.of("_bucket", "_count", "_sum").stream()
                        .map(part -> metric.fullName() + part)
                    : List.of(metric.fullName()).stream())
        .collect(Collectors.toSet());
  }

  static List<String> metricsIn(String expression) {
    return METRIC.matcher(expression).results().map(match -> match.group()).toList();
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void asksForMetricsThatThereAre(Alert alert) {
    assertThat(known()).containsAll(metricsIn(alert.expr()));
    assertThat(metricsIn(alert.expr())).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void asksForStatesThatThereAre(Alert alert) {
    Set<String> states =
        Arrays.stream(PipelineState.values())
            .map(state -> state.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());

    STATES
        .matcher(alert.expr())
        .results()
        .forEach(match -> assertThat(states).contains(match.group(1).split("\\|")));
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void saysHowBadItIsWhatItIsAndWhatToDo(Alert alert) throws IOException {
    assertThat(alert.labels().get("severity")).isIn("critical", "warning");
    assertThat(alert.annotations().get("summary")).contains("{{ $labels.job }}");
    assertThat(alert.annotations().get("description").length()).isBetween(100, 400);
    String[] runbook = alert.annotations().get("runbook").split("#");
    assertThat(Files.readString(Path.of(runbook[0]))).contains("\n### " + alert.alert() + "\n");
    assertThat(runbook[1]).isEqualTo(alert.alert().toLowerCase(Locale.ROOT));
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void isTested(Alert alert) throws IOException {
    assertThat(Files.readString(Path.of("docs/prometheus/alerts.test.yaml")))
        .contains("alertname: " + alert.alert() + "\n        exp_alerts: []")
        .contains("alertname: " + alert.alert() + "\n        exp_alerts:\n");
  }
}
