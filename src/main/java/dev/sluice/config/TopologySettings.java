package dev.sluice.config;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What exchange, queue and parking queue are like.
 *
 * @param queueArguments of the queue, besides its type: texts, whole numbers and booleans; the
 *     parking queue has none of them
 * @param parking whether there is a parking queue as well
 * @param superStream that the queue, a stream, is one of
 */
public record TopologySettings(
    TopologyMode mode,
    ExchangeType exchangeType,
    QueueType queueType,
    Map<String, Object> queueArguments,
    boolean parking,
    Optional<SuperStream> superStream) {
  public TopologySettings {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(exchangeType, "exchangeType");
    Objects.requireNonNull(queueType, "queueType");
    queueArguments = Map.copyOf(queueArguments);
    Objects.requireNonNull(superStream, "superStream");
  }

  /** Of a queue, or a stream that is alone. */
  public TopologySettings(
      TopologyMode mode,
      ExchangeType exchangeType,
      QueueType queueType,
      Map<String, Object> queueArguments,
      boolean parking) {
    this(mode, exchangeType, queueType, queueArguments, parking, Optional.empty());
  }

  /** What is parked is taken out one by one, which a stream does not allow. */
  public QueueType parkingQueueType() {
    return queueType == QueueType.STREAM ? QueueType.QUORUM : queueType;
  }
}
