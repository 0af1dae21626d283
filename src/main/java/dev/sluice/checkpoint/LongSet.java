package dev.sluice.checkpoint;

/**
 * A set of so many numbers at the most, which makes no objects: open addressing with linear
 * probing, less than half full. Not thread-safe.
 */
final class LongSet {
  /** Stands for an empty place. The number itself is kept apart. */
  private static final long NONE = 0;

  /** 2^64 divided by the golden ratio: spreads what differs in any bits (Knuth, 6.4). */
  private static final long SPREAD = 0x9E3779B97F4A7C15L;

  private final long[] places;
  private final int shift;
  private boolean hasNone;

  /**
   * @param most how many it can hold
   */
  LongSet(int most) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(1, most)) + 1;
    this.places = new long[1 << bits];
    this.shift = Long.SIZE - bits;
  }

  void add(long number) {
    if (number == NONE) {
      hasNone = true;
    } else {
      places[placeOf(number)] = number;
    }
  }

  boolean contains(long number) {
    return number == NONE ? hasNone : places[placeOf(number)] == number;
  }

  void remove(long number) {
    if (number == NONE) {
      hasNone = false;
      return;
    }
    int free = placeOf(number);
    if (places[free] == NONE) {
      return;
    }
    // Those behind it would not be found beyond an empty place: each moves up that may.
    for (int at = next(free); places[at] != NONE; at = next(at)) {
      if (distance(home(places[at]), at) >= distance(free, at)) {
        places[free] = places[at];
        free = at;
      }
    }
    places[free] = NONE;
  }

  /** Where it is, or would be put. */
  private int placeOf(long number) {
    int at = home(number);
    while (places[at] != NONE && places[at] != number) {
      at = next(at);
    }
    return at;
  }

  private int home(long number) {
    return (int) (number * SPREAD >>> shift);
  }

  private int next(int place) {
    return place + 1 & places.length - 1;
  }

  private int distance(int from, int to) {
    return to - from & places.length - 1;
  }
}
