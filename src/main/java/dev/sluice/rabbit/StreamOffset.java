package dev.sluice.rabbit;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Date;
import java.util.Set;

/**
 * Where in a stream reading begins, as {@code x-stream-offset} has it
 * (https://www.rabbitmq.com/docs/streams#consuming).
 *
 * @param text as it was given
 * @param value a word, a number or a time
 */
public record StreamOffset(String text, Object value) {
  /** Argument of a consumer that reads from there, and header of each message that it gets. */
  static final String ARGUMENT = "x-stream-offset";

  /** The beginning of the stream, whatever that is by then. */
  public static final StreamOffset FIRST = new StreamOffset("first", "first");

  /** The end of the stream, whatever that is by then. */
  public static final StreamOffset NEXT = new StreamOffset("next", "next");

  /** The last stretch that was written at once. */
  public static final StreamOffset LAST = new StreamOffset("last", "last");

  private static final Set<String> WORDS = Set.of(FIRST.text, NEXT.text, LAST.text);

  /**
   * @throws IllegalArgumentException if it is none; the message is one sentence
   */
  public static StreamOffset parse(String text) {
    if (WORDS.contains(text)) {
      return new StreamOffset(text, text);
    }
    if (text.matches("\\d{1,18}")) {
      return new StreamOffset(text, Long.parseLong(text));
    }
    try {
      return new StreamOffset(text, Date.from(Instant.parse(text)));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "must be first, last, next, an offset such as 1000, or a time such as"
              + " 2026-11-20T10:00:00Z, not \""
              + text
              + "\"",
          e);
    }
  }
}
