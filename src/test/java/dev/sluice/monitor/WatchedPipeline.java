package dev.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.config.DeliverySettings;
import dev.sluice.config.EffectiveSettings;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineParts;
import dev.sluice.testing.ScriptedParts;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** A pipeline between scripted servers, watched, and what is told of it. */
final class WatchedPipeline implements AutoCloseable {
  static final EffectiveSettings SETTINGS =
      new EffectiveSettings(
          List.of(
              new EffectiveSettings.Setting("SLUICE_COLLECTION", "scrabble", "default"),
              new EffectiveSettings.Setting("RABBITMQ_DEFAULT_PASSWORD", "***", "environment")));

  static final About ABOUT =
      new About(
          "9.9.9",
          "scrabble-cdc",
          "process 12 on host",
          Instant.parse("2026-11-26T12:00:00Z"),
          new About.Place("mongo:27017", "scrabble.scrabble"),
          new About.Place("rabbit:5672", "queue test_queue"),
          SETTINGS);

  final ScriptedParts parts = new ScriptedParts();
  final Clock clock = Clock.systemUTC();
  final StateNotes notes =
      new StateNotes(clock, Arrays.stream(FailureKind.values()).map(FailureKind::name).toList());
  PipelineCounts counts;
  PipelineMonitor monitor;

  WatchedPipeline start() {
    counts = new PipelineCounts(parts.window, notes, clock);
    PipelineParts counted =
        parts.parts().counted(counts, store -> new WatchedCheckpoints(store, counts));
    DeliverySettings limits = counted.settings();
    monitor =
        new PipelineMonitor(
            ABOUT,
            limits,
            parts.start(counted, (state, reason) -> notes.changed(state.name(), reason)),
            counts,
            notes,
            new ThreadPulse(Map.of("test-timer", work -> parts.timer.schedule(work))),
            id -> OptionalLong.of(1_000),
            clock);
    return this;
  }

  /** What a reader of {@code /metrics} gets, one value by its name and label. */
  Map<String, Double> metrics() {
    return values(
        new String(new MetricsText().of(monitor.metrics(), null).body(), StandardCharsets.UTF_8));
  }

  static Map<String, Double> values(String text) {
    return text.lines()
        .filter(line -> !line.startsWith("#"))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.lastIndexOf(' ')),
                line ->
                    Double.valueOf(
                        line.substring(line.lastIndexOf(' ') + 1).replace("Inf", "Infinity"))));
  }

  double metric(String name) {
    return metrics().get(name);
  }

  JsonNode status() throws Exception {
    return new ObjectMapper().readTree(new Answers(monitor).to("/status", null, null).body());
  }

  @Override
  public void close() {
    parts.close();
  }
}
