package dev.sluice.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.monitor.Health.Check;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What each path answers. From any thread. */
final class Answers {
  private static final String HINT =
      "There is nothing here. Look at / (the page), /status, /metrics, /livez or /readyz (?verbose).";

  private final Monitored monitored;
  private final PageFiles page = new PageFiles();
  private MetricsText metrics;

  Answers(Monitored monitored) {
    this.monitored = monitored;
  }

  /**
   * @param query what stands behind the question mark; null without one
   * @param accept which forms the reader takes; null if it does not say
   */
  Answer to(String path, String query, String accept) {
    return switch (path) {
      case "/livez" -> probe(monitored.health().live(), query);
      case "/readyz" -> probe(monitored.health().ready(), query);
      case "/status" -> status(says(query, "brief"));
      case "/metrics" -> metricsText().of(monitored.metrics(), accept);
      default -> page.at(path).orElseGet(() -> Answer.text(Answer.NOT_FOUND, HINT));
    };
  }

  private static boolean says(String query, String word) {
    return query != null
        && Arrays.stream(query.split("&"))
            .anyMatch(part -> part.equals(word) || part.startsWith(word + "="));
  }

  /** As Kubernetes writes its own: {@code ok}, or a line for each check. */
  private static Answer probe(List<Check> checks, String query) {
    boolean well = checks.stream().allMatch(Check::well);
    Predicate<Check> told = says(query, "verbose") ? check -> true : check -> !check.well();
    String lines =
        checks.stream()
            .filter(told)
            .map(check -> (check.well() ? "[+] " : "[-] ") + check.name() + ": " + check.says())
            .collect(Collectors.joining("\n", "", ""));
    String verdict = well ? "ok" : "not ok";
    return Answer.text(
        well ? Answer.OK : Answer.UNAVAILABLE, lines.isEmpty() ? verdict : lines + "\n" + verdict);
  }

  /** Made by the JVM when it is used first, which probes never do. */
  private static final class Json {
    static final ObjectMapper WRITER = new ObjectMapper();
  }

  private Answer status(boolean brief) {
    try {
      return new Answer(
          Answer.OK, "application/json", Json.WRITER.writeValueAsBytes(monitored.status(brief)));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Made when it is asked for first: no start takes longer because of it. */
  private synchronized MetricsText metricsText() {
    if (metrics == null) {
      metrics = new MetricsText();
    }
    return metrics;
  }
}
