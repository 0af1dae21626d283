package dev.sluice.pipeline;

import dev.sluice.config.FailureSettings;
import dev.sluice.config.FailureSettings.OnPoison;
import dev.sluice.config.FailureSettings.OnUnroutable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The messages that RabbitMQ would not have and that are therefore to be parked, by their ids, with
 * the reasons. Kept over attempts: the one in which a message is refused ends by it, and the next
 * one parks it. Thread-safe.
 */
final class Refusals {
  /** One for each failed attempt: far more than there can be between two confirmed positions. */
  private static final int MOST = 1_000;

  private final FailureSettings settings;
  private int noted;
  private final Map<String, PipelineException> byMessageId = new LinkedHashMap<>();

  Refusals(FailureSettings settings) {
    this.settings = settings;
  }

  /** Does nothing if such messages are not to be parked. */
  synchronized void note(String messageId, PipelineException reason) {
    boolean parks =
        reason.kind() == FailureKind.UNROUTABLE
            ? settings.onUnroutable() == OnUnroutable.PARK
            : settings.onPoison() == OnPoison.PARK;
    if (!parks) {
      return;
    }
    noted++;
    byMessageId.put(messageId, reason);
    if (byMessageId.size() > MOST) {
      byMessageId.remove(byMessageId.keySet().iterator().next());
    }
  }

  synchronized Optional<PipelineException> of(String messageId) {
    return Optional.ofNullable(byMessageId.get(messageId));
  }

  /** How many were ever noted. */
  synchronized int noted() {
    return noted;
  }

  synchronized boolean isEmpty() {
    return byMessageId.isEmpty();
  }
}
