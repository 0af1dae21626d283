package dev.sluice.cli;

import dev.sluice.trace.Spans;
import dev.sluice.trace.otel.OpenTelemetrySpans;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether OpenTelemetry's own variables ask for spans. What makes them lies in a jar of its own,
 * which need not be there, so nothing of it is in this class's fields and methods.
 */
final class WantedSpans {
  private static final Logger log = LoggerFactory.getLogger(WantedSpans.class);

  private static final String EXPORTER = "OTEL_TRACES_EXPORTER";

  private WantedSpans() {}

  /**
   * Nothing if none are wanted, or the jar is not there, which is said.
   *
   * @throws dev.sluice.config.WrongSettings if the variables cannot be used
   */
  static Optional<Spans> of(Map<String, String> environment) {
    if (!areWanted(environment)) {
      return Optional.empty();
    }
    try {
      return Optional.of(OpenTelemetrySpans.open(environment));
    } catch (NoClassDefFoundError missing) {
      log.warn(
          "OpenTelemetry's variables ask for spans and there are none: put sluice-tracing.jar beside"
              + " sluice.jar, or set OTEL_SDK_DISABLED=true");
      return Optional.empty();
    }
  }

  /** An empty variable counts as one that is not set (OpenTelemetry's specification). */
  static boolean areWanted(Map<String, String> environment) {
    if (environment.getOrDefault("OTEL_SDK_DISABLED", "").strip().equalsIgnoreCase("true")
        || environment.getOrDefault(EXPORTER, "").strip().equals("none")) {
      return false;
    }
    return Stream.of(EXPORTER, "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        .anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
  }
}
