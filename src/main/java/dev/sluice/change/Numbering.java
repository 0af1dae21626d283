package dev.sluice.change;

import java.util.Objects;

/**
 * What the events behind a position are called at a broker that drops what it has already: the n-th
 * of them is number {@code before + n} of a series. The same position gives the same events in the
 * same order whenever it is read on from, so within a series a number is always the same event. A
 * series that cannot go on in that way is given up for a new one: a number that once meant another
 * event would have the broker drop one that it does not have.
 *
 * @param series its name, which no other has had
 * @param before the number of the last event before the position; 0 at the beginning
 * @param lasting whether it can be gone on with from a position that was saved
 */
public record Numbering(String series, long before, boolean lasting) {
  public Numbering {
    Objects.requireNonNull(series, "series");
    if (series.isEmpty() || before < 0) {
      throw new IllegalArgumentException("no series, or a number below 0");
    }
  }

  /** That of the position which is so many events further on. */
  public Numbering after(long events) {
    return new Numbering(series, before + events, lasting);
  }
}
