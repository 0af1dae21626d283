package dev.sluice.change;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which trace something belongs to, and what in it was its cause: a {@code traceparent} as the W3C
 * defines it (Trace Context, 3.2), of version 00, the only one there is. Its companion {@code
 * tracestate} is nowhere kept: docs/TRACING.md says why.
 *
 * @param text {@code 00-<trace>-<cause>-<flags>}, 55 characters of ASCII
 */
public record TraceParent(String text) {
  /** Its name as a header of AMQP and of HTTP. */
  public static final String HEADER = "traceparent";

  public static final int LENGTH = 55;

  /** A trace or a cause of zeros only is none. */
  private static final Pattern VALID =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private static final int TRACE_BEGIN = 3;
  private static final int TRACE_END = 35;

  public TraceParent {
    Objects.requireNonNull(text, "text");
    if (!isValid(text)) {
      throw new IllegalArgumentException("no traceparent");
    }
  }

  /** The one that a text is; nothing if it is none. */
  public static Optional<TraceParent> of(String text) {
    return isValid(text) ? Optional.of(new TraceParent(text)) : Optional.empty();
  }

  private static boolean isValid(String text) {
    return text.length() == LENGTH && VALID.matcher(text).matches();
  }

  /** The trace, as 32 hexadecimal digits. */
  public String trace() {
    return text.substring(TRACE_BEGIN, TRACE_END);
  }

  @Override
  public String toString() {
    return text;
  }
}
