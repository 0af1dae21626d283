package dev.sluice.json;

import dev.sluice.config.JsonMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bson.RawBsonDocument;
import org.bson.json.JsonWriterSettings;

/**
 * What org.bson makes of a document, with those of its escapes taken back that nothing asks for: it
 * escapes whatever the JVM at hand calls unprintable, and emoji as two halves. All else is the
 * library's to the byte.
 */
final class LibraryJson {
  private static final JsonWriterSettings RELAXED =
      JsonWriterSettings.builder().outputMode(org.bson.json.JsonMode.RELAXED).build();
  private static final JsonWriterSettings EXTENDED =
      JsonWriterSettings.builder().outputMode(org.bson.json.JsonMode.EXTENDED).build();

  /** An escape as a whole, so that no backslash which is one itself begins another. */
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:u([0-9a-f]{4})|.)");

  private LibraryJson() {}

  static String of(byte[] bson, JsonMode mode) {
    return withoutNeedlessEscapes(
        new RawBsonDocument(bson).toJson(mode == JsonMode.RELAXED ? RELAXED : EXTENDED));
  }

  static String withoutNeedlessEscapes(String json) {
    if (json.indexOf('\\') < 0) {
      return json;
    }
    StringBuilder units = new StringBuilder();
    Matcher escapes = ESCAPE.matcher(json);
    int copied = 0;
    while (escapes.find()) {
      if (escapes.group(1) != null) {
        char unit = (char) Integer.parseInt(escapes.group(1), 16);
        if (!isEscaped(unit)) {
          units.append(json, copied, escapes.start()).append(unit);
          copied = escapes.end();
        }
      }
    }
    return loneHalvesEscaped(units.append(json, copied, json.length()));
  }

  private static boolean isEscaped(char unit) {
    return unit < ' ' || unit >= 0x7f && unit < 0xa0 || unit == 0x2028 || unit == 0x2029;
  }

  private static String loneHalvesEscaped(CharSequence units) {
    StringBuilder json = new StringBuilder();
    units
        .codePoints()
        .forEach(
            codePoint -> {
              if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                json.append(String.format("\\u%04x", codePoint));
              } else {
                json.appendCodePoint(codePoint);
              }
            });
    return json.toString();
  }
}
