package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BsonTimestamp;

/** A point in the set's logical time: seconds since 1970 and a counter within the second. */
record OpTime(int seconds, int increment) implements Comparable<OpTime> {

  static OpTime of(BsonTimestamp timestamp) {
    return new OpTime(timestamp.getTime(), timestamp.getInc());
  }

  BsonTimestamp timestamp() {
    return new BsonTimestamp(((long) seconds << 32) | (increment & 0xFFFFFFFFL));
  }

  OpTime next() {
    return new OpTime(seconds, increment + 1);
  }

  /** As a server writes a time in the text of an error. */
  String text() {
    return "Timestamp("
        + Integer.toUnsignedString(seconds)
        + ", "
        + Integer.toUnsignedString(increment)
        + ")";
  }

  @Override
  public int compareTo(OpTime other) {
    int bySeconds = Integer.compareUnsigned(seconds, other.seconds);
    return bySeconds != 0 ? bySeconds : Integer.compareUnsigned(increment, other.increment);
  }

  boolean isAfter(OpTime other) {
    return compareTo(other) > 0;
  }

  static OpTime later(OpTime a, OpTime b) {
    return a.isAfter(b) ? a : b;
  }
}
