package dev.sluice.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the word that a mistyped one was meant to be. */
public final class Nearest {
  private Nearest() {}

  /**
   * @param mostErrors more typing errors than these make another word
   */
  public static Optional<String> to(String word, Collection<String> words, int mostErrors) {
    return words.stream()
        .filter(each -> errors(word, each) <= mostErrors)
        .min(Comparator.comparingInt(each -> errors(word, each)));
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
