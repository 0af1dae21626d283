package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WantedSpansTest {
  @Test
  void openTelemetrysOwnVariablesAskForThem() {
    assertThat(WantedSpans.areWanted(Map.of())).isFalse();
    assertThat(WantedSpans.areWanted(Map.of("OTEL_SERVICE_NAME", "plays"))).isFalse();
    assertThat(WantedSpans.areWanted(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", ""))).isFalse();
    assertThat(WantedSpans.areWanted(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318")))
        .isTrue();
    assertThat(
            WantedSpans.areWanted(
                Map.of("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c:4318/v1/traces")))
        .isTrue();
    assertThat(WantedSpans.areWanted(Map.of("OTEL_TRACES_EXPORTER", "otlp"))).isTrue();
  }

  @Test
  void andSayThatNobodyWantsAny() {
    Map<String, String> endpoint = Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318");

    assertThat(WantedSpans.areWanted(with(endpoint, "OTEL_SDK_DISABLED", "TRUE"))).isFalse();
    assertThat(WantedSpans.areWanted(with(endpoint, "OTEL_SDK_DISABLED", "false"))).isTrue();
    assertThat(WantedSpans.areWanted(with(endpoint, "OTEL_TRACES_EXPORTER", "none"))).isFalse();
  }

  private static Map<String, String> with(Map<String, String> all, String name, String value) {
    return Map.of(name, value, all.keySet().iterator().next(), all.values().iterator().next());
  }
}
