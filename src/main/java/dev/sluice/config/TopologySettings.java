package dev.sluice.config;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What exchange, queue and parking queue are like.
 *
 * @param queueArguments of the queue, besides its type: texts, whole numbers and booleans; the
 *     parking queue has none of them
 * @param parking whether there is a parking queue as well
 */
public record TopologySettings(
    TopologyMode mode,
    ExchangeType exchangeType,
    QueueType queueType,
    Map<String, Object> queueArguments,
    boolean parking) {
  /** By the first of these RabbitMQ drops its oldest messages, unless told to refuse new ones. */
  private static final Set<String> LIMITS = Set.of("x-max-length", "x-max-length-bytes");

  private static final Set<String> TIMES = Set.of("x-message-ttl", "x-expires", "x-max-age");

  private static final String OVERFLOW = "x-overflow";
  private static final String DROPS = "drop-head";
  private static final String DEAD_LETTERS = "x-dead-letter-exchange";

  public TopologySettings {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(exchangeType, "exchangeType");
    Objects.requireNonNull(queueType, "queueType");
    queueArguments = Map.copyOf(queueArguments);
  }

  /** What is parked is taken out one by one, which a stream does not allow. */
  public QueueType parkingQueueType() {
    return queueType == QueueType.STREAM ? QueueType.QUORUM : queueType;
  }

  /** The names of the arguments by which RabbitMQ throws messages away that nobody has read. */
  public Set<String> throwingAway() {
    Set<String> names = new TreeSet<>(queueArguments.keySet());
    names.removeIf(name -> !throwsAway(name));
    return names;
  }

  private boolean throwsAway(String name) {
    if (queueArguments.containsKey(DEAD_LETTERS)) {
      return false;
    }
    return TIMES.contains(name)
        || LIMITS.contains(name) && DROPS.equals(queueArguments.getOrDefault(OVERFLOW, DROPS));
  }
}
