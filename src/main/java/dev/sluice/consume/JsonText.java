package dev.sluice.consume;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Texts as JSON strings. */
public final class JsonText {
  private JsonText() {}

  /** The text with quotes around it, and escaped between them. */
  public static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    return json.append('"').toString();
  }
}
