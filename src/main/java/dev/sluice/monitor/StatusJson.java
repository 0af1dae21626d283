package dev.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.config.EffectiveSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/** The parts of {@code /status} that both programs have. docs/MONITORING.md shows all of it. */
final class StatusJson {
  private StatusJson() {}

  /** How it begins. */
  static ObjectNode of(String kind, About about, StateNotes.State state, Health health) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("version", about.version());
    json.put("kind", kind);
    json.put("pipeline", about.name());
    json.put("instance", about.instance());
    json.put("startedAt", text(about.startedAt()));
    json.putObject("state")
        .put("name", state.name())
        .put("since", text(state.since()))
        .put("reason", state.reason());
    json.put("ready", health.isReady());
    json.put("live", health.isLive());
    health.notReadyBecause().forEach(json.putArray("notReadyBecause")::add);
    return json;
  }

  /** How it ends. */
  static void addFailures(ObjectNode json, StateNotes notes) {
    ArrayNode failures = json.putArray("failures");
    for (StateNotes.Failure failure : notes.failures()) {
      failures
          .addObject()
          .put("at", text(failure.at()))
          .put("kind", failure.kind())
          .put("message", failure.message());
    }
  }

  /** What {@code ?brief} leaves out. */
  static void addSettingsAndHistory(ObjectNode json, About about, History history) {
    ArrayNode settings = json.putArray("settings");
    for (EffectiveSettings.Setting setting : about.settings().list()) {
      settings
          .addObject()
          .put("name", setting.name())
          .put("value", setting.value())
          .put("origin", setting.origin());
    }
    json.set("history", history.toJson());
  }

  /** Only what there was any of. */
  static void addOperations(ObjectNode json, Map<String, Long> counts) {
    ObjectNode operations = json.putObject("operations");
    counts.forEach(
        (operation, count) -> {
          if (count > 0) {
            operations.put(operation, count);
          }
        });
  }

  static void addLatency(ObjectNode json, Latency latency) {
    OptionalDouble median = latency.quantile(Latency.MEDIAN);
    OptionalDouble nearlyAll = latency.quantile(Latency.NEARLY_ALL);
    if (median.isEmpty() || nearlyAll.isEmpty()) {
      json.putNull("latency");
      return;
    }
    json.putObject("latency")
        .put("p50Millis", History.rounded(median.getAsDouble()))
        .put("p99Millis", History.rounded(nearlyAll.getAsDouble()));
  }

  static void put(ObjectNode json, String name, Optional<Instant> time) {
    json.put(name, time.map(StatusJson::text).orElse(null));
  }

  static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
