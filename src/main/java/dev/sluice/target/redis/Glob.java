package dev.sluice.target.redis;

import java.util.regex.Pattern;

/** Patterns of {@code SCAN} (https://redis.io/docs/latest/commands/keys/). */
final class Glob {
  private static final Pattern SPECIAL = Pattern.compile("[*?\\[\\]\\\\^]");

  private Glob() {}

  /** What fits that very text only. */
  static String literal(String text) {
    return SPECIAL.matcher(text).replaceAll("\\\\$0");
  }
}
