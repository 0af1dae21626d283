package dev.sluice.consume;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Texts as JSON strings. */
public final class JsonText {
  private JsonText() {}

  /** The text with quotes around it, and escaped between them. */
  public static String quoted(String text) {
    if (isPlain(text)) {
      return '"' + text + '"';
    }
    StringBuilder json = new StringBuilder("\"");
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    return json.append('"').toString();
  }

  /** Most are names and ids. */
  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (each < ' ' || each == '"' || each == '\\') {
        return false;
      }
    }
    return true;
  }
}
