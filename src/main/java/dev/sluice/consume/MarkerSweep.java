package dev.sluice.consume;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * When the markers of deletes go: those that are older, in the time of the stream, than any repeat.
 * For one thread.
 */
public final class MarkerSweep {
  /** How much time of the stream lies between two sweeps. */
  private static final long EVERY_SECONDS = 3600;

  private final Duration markers;
  private long sweptSeconds;

  /**
   * @param markers how long a marker stays
   */
  public MarkerSweep(Duration markers) {
    this.markers = Objects.requireNonNull(markers, "markers");
  }

  /** The position below which markers go behind this batch; empty if it is not time for that. */
  public Optional<String> below(Batch batch) {
    long newest =
        batch.events().stream()
            .mapToLong(event -> Event.secondsOf(event.position()))
            .max()
            .orElse(0);
    if (newest - sweptSeconds < EVERY_SECONDS) {
      return Optional.empty();
    }
    sweptSeconds = newest;
    return Optional.of(
        String.format(Locale.ROOT, "%08x", Math.max(0, newest - markers.toSeconds())));
  }
}
