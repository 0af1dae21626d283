package dev.sluice.target.cassandra;

/**
 * A position as a write time of Cassandra, in microseconds since 1970: the seconds, and the
 * increment in place of the microseconds. So it is near the time of day, as everybody expects who
 * writes beside us or reads {@code writetime(document)}.
 *
 * <p>It never falls where positions rise, but not every two positions have two of them: the 96 bits
 * of a position do not go into 63. Those that share one are the changes of one transaction, and
 * what has an increment of a million, which takes a clock that stood still.
 *
 * @param micros not less than that of any smaller position
 * @param shared whether a smaller position may have the same one
 */
record WriteTime(long micros, boolean shared) {
  private static final int DIGITS = 8;
  private static final int HEXADECIMAL = 16;
  private static final long MICROS = 1_000_000;

  /** Of 24 hexadecimal digits: seconds, increment, index in the transaction. */
  static WriteTime of(String position) {
    long seconds = number(position, 0);
    long increment = number(position, 1);
    return new WriteTime(
        seconds * MICROS + Math.min(increment, MICROS - 1),
        number(position, 2) != 0 || increment >= MICROS - 1);
  }

  private static long number(String position, int index) {
    return Long.parseLong(position, index * DIGITS, (index + 1) * DIGITS, HEXADECIMAL);
  }

  /** The last one that is less: all positions that have it or less are smaller than this one. */
  long before() {
    return micros - 1;
  }
}
