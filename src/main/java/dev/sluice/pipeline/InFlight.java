package dev.sluice.pipeline;

import dev.sluice.checkpoint.InFlightWindow;

/**
 * What was taken in and is not confirmed.
 *
 * @param messages how many
 * @param bytes of BSON, or of messages where that is more
 * @param oldest the number of the oldest, as {@link PipelineMeter} was told it
 */
public record InFlight(int messages, long bytes, long oldest) {
  static final InFlight NOTHING = new InFlight(0, 0, 1);

  static InFlight of(InFlightWindow window) {
    // The oldest first: what is confirmed meanwhile is not counted.
    long oldest = window.confirmedEvents() + 1;
    return new InFlight(window.size(), window.bytes(), oldest);
  }
}
