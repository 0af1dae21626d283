package dev.sluice.bench;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The middle of some rounds, with the lowest and the highest. */
record Spread(double median, double min, double max) {
  static Optional<Spread> of(Collection<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    if (sorted.isEmpty()) {
      return Optional.empty();
    }
    int middle = sorted.size() / 2;
    double median =
        sorted.size() % 2 == 1
            ? sorted.get(middle)
            : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    return Optional.of(new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1)));
  }

  /** For a table: the median, and the rest in parentheses. */
  String text() {
    return min == max
        ? number(median)
        : number(median) + " (" + number(min) + "–" + number(max) + ")";
  }

  /** Three digits that matter, or all of a whole number. */
  private static String number(double value) {
    String form = Math.abs(value) >= 100 ? "%,.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, form, value);
  }
}
