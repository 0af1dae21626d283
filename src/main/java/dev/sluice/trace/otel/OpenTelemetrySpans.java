package dev.sluice.trace.otel;

import dev.sluice.change.TraceParent;
import dev.sluice.config.WrongSettings;
import dev.sluice.trace.Spans;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.spi.ConfigurationException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Spans by OpenTelemetry's SDK, which reads its own variables and sends on a thread of its own.
 * Attributes are those of its conventions for messaging, of 2026 (status: development).
 */
public final class OpenTelemetrySpans implements Spans {
  /** What stopping may take on top of all else. */
  private static final long CLOSING_SECONDS = 2;

  private static final String VARIABLES = "OTEL_";

  /** In a traceparent, behind version and trace, and behind the cause. */
  private static final int CAUSE_BEGIN = 36;

  private static final int CAUSE_END = 52;
  private static final int FLAGS_BEGIN = 53;

  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  private static final AttributeKey<String> OPERATION =
      AttributeKey.stringKey("messaging.operation.name");
  private static final AttributeKey<String> OPERATION_TYPE =
      AttributeKey.stringKey("messaging.operation.type");
  private static final AttributeKey<String> DESTINATION =
      AttributeKey.stringKey("messaging.destination.name");
  private static final AttributeKey<Long> MESSAGES =
      AttributeKey.longKey("messaging.batch.message_count");

  private final OpenTelemetrySdk sdk;
  private final OpenTelemetryLog log;
  private final Tracer tracer;

  private OpenTelemetrySpans(OpenTelemetrySdk sdk, OpenTelemetryLog log) {
    this.sdk = sdk;
    this.log = log;
    this.tracer = sdk.getTracer("dev.sluice");
  }

  /**
   * As the variables say.
   *
   * @param environment of which those that begin with OTEL_ count
   * @throws WrongSettings if they cannot be used
   */
  public static Spans open(Map<String, String> environment) {
    OpenTelemetryLog log = new OpenTelemetryLog();
    try {
      OpenTelemetrySdk sdk =
          AutoConfiguredOpenTelemetrySdk.builder()
              .addPropertiesSupplier(() -> properties(environment))
              // Metrics are Prometheus's, and the log is where it was.
              .addPropertiesCustomizer(
                  all -> Map.of("otel.metrics.exporter", "none", "otel.logs.exporter", "none"))
              .disableShutdownHook()
              .build()
              .getOpenTelemetrySdk();
      return new OpenTelemetrySpans(sdk, log);
    } catch (ConfigurationException | IllegalArgumentException | IllegalStateException e) {
      log.close();
      throw WrongSettings.of(
          "OpenTelemetry's variables cannot be used ("
              + e.getMessage()
              + "): set OTEL_TRACES_EXPORTER=otlp, OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf and"
              + " OTEL_EXPORTER_OTLP_ENDPOINT to a URL, or OTEL_SDK_DISABLED=true.");
    }
  }

  /** What is not set is as it fits this jar: gRPC needs more than the JDK has. */
  private static Map<String, String> properties(Map<String, String> environment) {
    Map<String, String> properties = new HashMap<>();
    properties.put("otel.exporter.otlp.protocol", "http/protobuf");
    if (!environment.getOrDefault("OTEL_RESOURCE_ATTRIBUTES", "").contains("service.name=")) {
      properties.put("otel.service.name", "sluice");
    }
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(VARIABLES) && !value.isEmpty()) {
            properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
          }
        });
    return properties;
  }

  @Override
  public Span send(String destination, long beginMillis) {
    SpanBuilder span = builder("send", destination, SpanKind.PRODUCER).setNoParent();
    if (beginMillis > 0) {
      span.setStartTimestamp(beginMillis, TimeUnit.MILLISECONDS);
    }
    return new Begun(span.startSpan());
  }

  @Override
  public Span process(String queue, List<TraceParent> causes) {
    SpanBuilder span = builder("process", queue, SpanKind.CONSUMER);
    boolean ofOne = causes.stream().map(TraceParent::trace).distinct().count() == 1;
    if (ofOne) {
      span.setParent(
          Context.root().with(io.opentelemetry.api.trace.Span.wrap(remote(causes.get(0)))));
    } else {
      span.setNoParent();
    }
    causes.stream().skip(ofOne ? 1 : 0).forEach(cause -> span.addLink(remote(cause)));
    return new Begun(span.startSpan());
  }

  private SpanBuilder builder(String operation, String destination, SpanKind kind) {
    return tracer
        .spanBuilder(operation + " " + destination)
        .setSpanKind(kind)
        .setAttribute(SYSTEM, "rabbitmq")
        .setAttribute(OPERATION, operation)
        .setAttribute(OPERATION_TYPE, operation)
        .setAttribute(DESTINATION, destination);
  }

  private static SpanContext remote(TraceParent parent) {
    return SpanContext.createFromRemoteParent(
        parent.trace(),
        parent.text().substring(CAUSE_BEGIN, CAUSE_END),
        TraceFlags.fromHex(parent.text(), FLAGS_BEGIN),
        TraceState.getDefault());
  }

  private record Begun(io.opentelemetry.api.trace.Span span) implements Span {
    @Override
    public TraceParent context() {
      SpanContext context = span.getSpanContext();
      return new TraceParent(
          "00-"
              + context.getTraceId()
              + "-"
              + context.getSpanId()
              + "-"
              + context.getTraceFlags().asHex());
    }

    @Override
    public void link(TraceParent cause) {
      span.addLink(remote(cause));
    }

    @Override
    public void end(int messages, String failure) {
      span.setAttribute(MESSAGES, (long) messages);
      if (failure != null) {
        span.setStatus(StatusCode.ERROR, failure);
      }
      span.end();
    }
  }

  @Override
  public void close() {
    sdk.shutdown().join(CLOSING_SECONDS, TimeUnit.SECONDS);
    log.close();
  }
}
