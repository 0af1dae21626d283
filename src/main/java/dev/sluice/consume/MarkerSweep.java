package dev.sluice.consume;

import dev.sluice.config.Durations;
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

  /** A repeat reaches back to the pipeline's saved position; this is generous. */
  private static final Duration USUAL = Duration.ofDays(7);

  private final Duration markers;
  private long sweptSeconds;

  /**
   * @param markers how long a marker stays
   */
  public MarkerSweep(Duration markers) {
    this.markers = Objects.requireNonNull(markers, "markers");
  }

  /**
   * How long a marker stays, as a target's parameter says; seven days if it is missing.
   *
   * @throws TargetException if it is no time
   */
  public static Duration time(TargetUri uri, String parameter) {
    try {
      return uri.parameter(parameter).map(Durations::parse).orElse(USUAL);
    } catch (IllegalArgumentException e) {
      throw TargetException.unusable("The target's parameter " + parameter + ": " + e.getMessage());
    }
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
