package dev.sluice.trace.otel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.change.TraceParent;
import dev.sluice.config.WrongSettings;
import dev.sluice.testing.OtlpReceiver;
import dev.sluice.testing.RecordedSpans;
import dev.sluice.trace.Spans;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a collector gets. */
@Timeout(60)
class OpenTelemetrySpansTest {
  private static Spans open(OtlpReceiver receiver, Map<String, String> more) {
    Map<String, String> environment = new HashMap<>(more);
    environment.put("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint());
    return OpenTelemetrySpans.open(environment);
  }

  @Test
  void aSpanOfABatchHasWhatTheConventionsForMessagingSay() throws Exception {
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      TraceParent context;
      try (Spans spans = open(receiver, Map.of())) {
        Spans.Span span = spans.send("sluice", 1_795_250_212_345L);
        span.link(RecordedSpans.parent(7));
        context = span.context();
        span.end(3, null);
      }

      OtlpReceiver.Span sent = receiver.spans().get(0);
      assertThat(context.text()).startsWith("00-" + sent.trace() + "-" + sent.id() + "-0");
      assertThat(sent.service()).isEqualTo("sluice");
      assertThat(sent.parent()).isEmpty();
      assertThat(sent.name()).isEqualTo("send sluice");
      assertThat(sent.kind()).isEqualTo(OtlpReceiver.PRODUCER);
      assertThat(sent.beginNanos()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(1_795_250_212_345L));
      assertThat(sent.links()).containsExactly(RecordedSpans.parent(7).text().substring(3, 52));
      assertThat(sent.failure()).isEmpty();
      assertThat(sent.attributes())
          .containsOnly(
              Map.entry("messaging.system", "rabbitmq"),
              Map.entry("messaging.operation.name", "send"),
              Map.entry("messaging.operation.type", "send"),
              Map.entry("messaging.destination.name", "sluice"),
              Map.entry("messaging.batch.message_count", 3L));
    }
  }

  @Test
  void aBatchOfOneTraceGoesOnWithItAndOneOfSeveralLinks() throws Exception {
    TraceParent seven = RecordedSpans.parent(7);
    TraceParent eight = RecordedSpans.parent(8);
    try (OtlpReceiver receiver = new OtlpReceiver()) {
      try (Spans spans = open(receiver, Map.of("OTEL_SERVICE_NAME", "plays"))) {
        spans.process("q", List.of(seven)).end(1, null);
        spans.process("q", List.of(seven, eight)).end(2, "It is away");
        spans.process("q", List.of()).end(1, null);
      }

      List<OtlpReceiver.Span> all = receiver.spans();
      assertThat(all).extracting(OtlpReceiver.Span::kind).containsOnly(OtlpReceiver.CONSUMER);
      assertThat(all).extracting(OtlpReceiver.Span::service).containsOnly("plays");
      assertThat(all.get(0).trace()).isEqualTo(seven.trace());
      assertThat(all.get(0).parent()).isEqualTo(seven.text().substring(36, 52));
      assertThat(all.get(0).links()).isEmpty();
      assertThat(all.get(1).trace()).isNotIn(seven.trace(), eight.trace());
      assertThat(all.get(1).parent()).isEmpty();
      assertThat(all.get(1).links())
          .containsExactly(seven.text().substring(3, 52), eight.text().substring(3, 52));
      assertThat(all.get(1).failure()).isEqualTo("It is away");
      assertThat(all.get(2).links()).isEmpty();
    }
  }

  /** No message may wait for a collector, nor a stop for long. */
  @Test
  void aCollectorThatIsAwayHoldsNothingUp() {
    try (Spans spans =
        OpenTelemetrySpans.open(Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"))) {
      for (int n = 0; n < 10_000; n++) {
        spans.send("sluice", 0).end(1, null);
      }
    }
  }

  @Test
  void variablesThatCannotBeUsedAreRefusedInASentence() {
    assertThatThrownBy(
            () -> OpenTelemetrySpans.open(Map.of("OTEL_TRACES_EXPORTER", "carrier-pigeon")))
        .isInstanceOf(WrongSettings.class)
        .hasMessageContaining("carrier-pigeon")
        .hasMessageContaining("OTEL_TRACES_EXPORTER=otlp");
    assertThatThrownBy(
            () ->
                OpenTelemetrySpans.open(
                    Map.of("OTEL_TRACES_EXPORTER", "otlp", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")))
        .isInstanceOf(WrongSettings.class)
        .hasMessageContaining("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf");
  }
}
