package dev.sluice.snapshot;

/**
 * Cluster times as longs: seconds in the upper half, the increment in the lower, without a sign.
 */
final class ClusterTimes {
  private ClusterTimes() {}

  static boolean isBefore(long one, long other) {
    return Long.compareUnsigned(one, other) < 0;
  }

  static long later(long one, long other) {
    return isBefore(one, other) ? other : one;
  }

  static long earlier(long one, long other) {
    return isBefore(one, other) ? one : other;
  }
}
