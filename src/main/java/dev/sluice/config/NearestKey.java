package dev.sluice.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/** Finds the key that a mistyped one was meant to be. */
final class NearestKey {
  /** More typing errors than these make another word. */
  private static final int MOST_ERRORS = 8;

  private NearestKey() {}

  static Optional<SettingKey> to(String name) {
    return Arrays.stream(SettingKey.values())
        .filter(key -> errors(name, key.name()) <= MOST_ERRORS)
        .min(Comparator.comparingInt(key -> errors(name, key.name())));
  }

  /** The Levenshtein distance. */
  private static int errors(String a, String b) {
    int[] previous = new int[b.length() + 1];
    Arrays.setAll(previous, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int swap = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(swap, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
