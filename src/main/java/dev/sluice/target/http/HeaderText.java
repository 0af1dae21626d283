package dev.sluice.target.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Names as values of a header, which takes only some characters. */
final class HeaderText {
  private static final int FIRST = '!';
  private static final int LAST = '~';

  private HeaderText() {}

  /** Percent-encoded is what is not printable ASCII, and the percent sign. */
  static String of(String name) {
    StringBuilder text = new StringBuilder();
    for (byte each : name.getBytes(StandardCharsets.UTF_8)) {
      if (each >= FIRST && each <= LAST && each != '%') {
        text.append((char) each);
      } else {
        text.append(String.format(Locale.ROOT, "%%%02X", each));
      }
    }
    return text.toString();
  }
}
