package dev.sluice.monitor;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Metrics as text, with those of the JVM, in the form that the reader asks for. */
final class MetricsText {
  private final ExpositionFormats formats = ExpositionFormats.init();
  private final PrometheusRegistry jvm = new PrometheusRegistry();

  MetricsText() {
    JvmMetrics.builder().register(jvm);
  }

  /**
   * @param accept the reader's header; null if it has sent none
   */
  Answer of(List<MetricSnapshot> metrics, String accept) {
    List<MetricSnapshot> all = new ArrayList<>(metrics);
    jvm.scrape().forEach(all::add);
    ExpositionFormatWriter wanted = formats.findWriter(accept);
    // The form in protobuf is asked for first by who can read it, and takes any other.
    ExpositionFormatWriter writer =
        wanted.isAvailable() ? wanted : formats.getPrometheusTextFormatWriter();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      writer.write(text, new MetricSnapshots(all), EscapingScheme.fromAcceptHeader(accept));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Answer(Answer.OK, writer.getContentType(), text.toByteArray());
  }
}
