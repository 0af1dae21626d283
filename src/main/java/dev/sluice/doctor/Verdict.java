package dev.sluice.doctor;

import java.util.Locale;

/** What a check has come to, from good to bad. */
public enum Verdict {
  OK,
  /** It could not be looked at, and the sentence says why. */
  SKIPPED,
  /** It works, and something may break or be lost. */
  WARNING,
  /** A pipeline with these settings does not work, or loses changes. */
  FAILURE;

  /** As it is shown. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  public Verdict orWorse(Verdict other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
