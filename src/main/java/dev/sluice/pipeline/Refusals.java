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
  private final FailureSettings settings;
  private final int most;
  private int noted;
  private final Map<String, PipelineException> byMessageId = new LinkedHashMap<>();

  /** The newest: most are for the same reason, of which one will do. */
  private PipelineException newest;

  /**
   * @param most how many are kept
   */
  Refusals(FailureSettings settings, int most) {
    this.settings = settings;
    this.most = most;
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
    if (newest == null
        || newest.kind() != reason.kind()
        || !newest.getMessage().equals(reason.getMessage())) {
      newest = reason;
    }
    byMessageId.put(messageId, newest);
    if (byMessageId.size() > most) {
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
