package dev.sluice.consume;

import dev.sluice.config.WrongSettings;
import java.time.Duration;
import java.util.Objects;

/**
 * How a queue is consumed.
 *
 * @param name of the consumer, as what it parks says by whom
 * @param parkingQueue where documents go that the target refuses
 * @param batch most events that are applied together
 * @param linger how long a batch waits for more after its first message
 * @param mostParked parked documents beyond which the target is believed to be broken: the consumer
 *     stops
 * @param onGap what becomes of a gap, and of a collection that another one has replaced
 * @param onDrop what becomes of drop, rename and dropDatabase
 */
public record ConsumeSettings(
    String name,
    String parkingQueue,
    int batch,
    Duration linger,
    int mostParked,
    Answer onGap,
    Answer onDrop) {
  /** What to do about an event that takes more away than one document. */
  public enum Answer {
    /** Give it to the target and go on. */
    APPLY,
    /** Stop in front of it. */
    STOP
  }

  private static final int LARGEST_BATCH = 10_000;

  /** One is applied, and one is ready or being made. */
  private static final int BATCHES_AT_HAND = 2;

  /** What may be on its way while the acknowledgement is, of large batches. */
  private static final int ON_THEIR_WAY = 1_000;

  public ConsumeSettings {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(parkingQueue, "parkingQueue");
    Objects.requireNonNull(onGap, "onGap");
    Objects.requireNonNull(onDrop, "onDrop");
    if (batch < 1 || batch > LARGEST_BATCH) {
      throw WrongSettings.of("--batch is a number from 1 to " + LARGEST_BATCH + ".");
    }
    if (linger.isNegative() || linger.compareTo(Duration.ofMinutes(1)) > 0) {
      throw WrongSettings.of("--linger is a time of up to 1m.");
    }
    if (mostParked < 1) {
      throw WrongSettings.of("--max-parked is a number from 1 on.");
    }
  }

  /** How many messages may be under way to us. */
  public int prefetch() {
    return BATCHES_AT_HAND * batch + Math.min(BATCHES_AT_HAND * batch, ON_THEIR_WAY);
  }
}
