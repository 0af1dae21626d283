package dev.sluice.config;

import java.time.Duration;
import java.util.Objects;

/**
 * How much may be on its way, and for how long.
 *
 * @param maxInFlight events captured and not yet confirmed, at the most
 * @param maxInFlightBytes the same in bytes, of BSON or of JSON, whichever is more; one event more
 *     may be taken, whatever its size
 * @param order whether the changes of one document wait for each other
 * @param lanes over how many channels messages are spread, by their document
 * @param maxMessageBytes no larger body is published
 * @param confirmTimeout without any confirm for so long, while some are due, the channel is given
 *     up
 * @param checkpointInterval how often the position is saved, at the most
 * @param drainTimeout how long a stop waits for the confirms that are due
 * @param lease how long after its last sign of life an instance still counts as the one that runs
 *     the pipeline
 */
public record DeliverySettings(
    int maxInFlight,
    long maxInFlightBytes,
    DocumentOrder order,
    int lanes,
    long maxMessageBytes,
    Duration confirmTimeout,
    Duration checkpointInterval,
    Duration drainTimeout,
    Duration lease) {
  public DeliverySettings {
    Objects.requireNonNull(order, "order");
    Objects.requireNonNull(confirmTimeout, "confirmTimeout");
    Objects.requireNonNull(checkpointInterval, "checkpointInterval");
    Objects.requireNonNull(drainTimeout, "drainTimeout");
    Objects.requireNonNull(lease, "lease");
    if (lanes < 1) {
      throw new IllegalArgumentException("no lane to publish on");
    }
    if (maxInFlight < 1 || maxInFlightBytes < 1 || maxMessageBytes < 1) {
      throw new IllegalArgumentException("nothing may be in flight");
    }
  }
}
