package dev.sluice.bench;

import java.util.List;
import java.util.Locale;

/**
 * What two have of a figure, pair by pair: what both of a pair had to bear falls out of their
 * difference.
 *
 * @param pairs how many
 * @param mean of the differences
 * @param margin of error on either side, with 95 % confidence (Student's t); infinite for one pair
 */
record Paired(int pairs, double mean, double margin) {
  /** Student's t for 95 % on both sides, by degrees of freedom from 1 on. */
  private static final double[] T = {
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045, 2.042
  };

  /** With more degrees of freedom: 2.02 at 40, and below from there on. */
  private static final double T_OF_MANY = 2.02;

  /**
   * @param ones the figures from which the others are taken, as many as these
   */
  static Paired of(List<Double> ones, List<Double> others) {
    int pairs = ones.size();
    if (pairs == 0 || pairs != others.size()) {
      throw new IllegalArgumentException(pairs + " and " + others.size() + " are no pairs");
    }
    double mean = 0;
    for (int i = 0; i < pairs; i++) {
      mean += (ones.get(i) - others.get(i)) / pairs;
    }
    if (pairs == 1) {
      return new Paired(pairs, mean, Double.POSITIVE_INFINITY);
    }
    double squares = 0;
    for (int i = 0; i < pairs; i++) {
      squares += Math.pow(ones.get(i) - others.get(i) - mean, 2);
    }
    double error = Math.sqrt(squares / (pairs - 1) / pairs);
    double t = pairs - 2 < T.length ? T[pairs - 2] : T_OF_MANY;
    return new Paired(pairs, mean, t * error);
  }

  /** In hundredths of a whole. */
  Paired percentOf(double whole) {
    return new Paired(pairs, mean / whole * 100, margin / whole * 100);
  }

  String text() {
    return String.format(Locale.ROOT, "%+.3f ± %.3f", mean, margin);
  }
}
