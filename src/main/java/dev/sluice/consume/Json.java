package dev.sluice.consume;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A JSON value as it came: a piece of a message's bytes, in UTF-8. Nothing is parsed before
 * somebody asks, and what is stored is the text as it was published, to the last digit.
 */
public final class Json {
  /**
   * The broker has limited the message; the parser's own limits would refuse what it let through.
   */
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final ObjectMapper MAPPER =
      new ObjectMapper(FACTORY).enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

  private final byte[] bytes;
  private final int from;
  private final int to;
  private final boolean mayHaveLineEnds;
  private JsonNode tree;

  /** Bytes {@code from} to {@code to} (exclusive); they are not copied and must not change. */
  Json(byte[] bytes, int from, int to) {
    this(bytes, from, to, true);
  }

  /**
   * The same.
   *
   * @param mayHaveLineEnds false where it is known that there are none: to look for them in each
   *     document was a tenth of what a line of history costs
   */
  Json(byte[] bytes, int from, int to, boolean mayHaveLineEnds) {
    Objects.checkFromToIndex(from, to, bytes.length);
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.mayHaveLineEnds = mayHaveLineEnds;
  }

  /** A value from its text. */
  public static Json of(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Json(bytes, 0, bytes.length);
  }

  /** How many bytes the text has. */
  public int length() {
    return to - from;
  }

  /** The text. */
  public String text() {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /** A copy of the text's bytes. */
  public byte[] bytes() {
    return Arrays.copyOfRange(bytes, from, to);
  }

  /** The text's bytes, to be looked at by {@code out} only. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, from, to - from);
  }

  /** The fields of an object, as pieces of the same bytes. */
  Fields fields() throws IOException {
    return Fields.of(bytes, from, to);
  }

  /** The value, parsed once; big numbers keep all their digits. Not for two threads. */
  public JsonNode tree() {
    if (tree == null) {
      tree = parsed();
    }
    return tree;
  }

  /**
   * The same, parsed for each call and not kept: a document's tree takes several times its bytes,
   * and a batch has thousands.
   */
  public JsonNode parsed() {
    try {
      return MAPPER.readTree(bytes, from, to - from);
    } catch (IOException e) {
      throw new UncheckedIOException("it was JSON when the message was read", e);
    }
  }

  /** Whether the text has more than one line; within its strings there are no line ends. */
  public boolean hasLineEnds() {
    for (int at = from; mayHaveLineEnds && at < to; at++) {
      if (bytes[at] == '\n' || bytes[at] == '\r') {
        return true;
      }
    }
    return false;
  }

  /** What the string says if it is one, else null. */
  String string() {
    return begins('"') ? string(bytes, from, to) : null;
  }

  /** What the JSON string says that lies there with its quotes, and has been looked at. */
  static String string(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at++) {
      if (bytes[at] == '\\') {
        return unescaped(bytes, from, to);
      }
    }
    return new String(bytes, from + 1, to - from - 2, StandardCharsets.UTF_8);
  }

  private static String unescaped(byte[] bytes, int from, int to) {
    try (JsonParser parser = FACTORY.createParser(bytes, from, to - from)) {
      return parser.nextTextValue();
    } catch (IOException e) {
      throw new IllegalArgumentException("a text in it cannot be read", e);
    }
  }

  /** Whether it begins with this character, as an object does with a brace. */
  boolean begins(char first) {
    return to > from && bytes[from] == first;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Json json && text().equals(json.text());
  }

  @Override
  public int hashCode() {
    return text().hashCode();
  }

  /** Its size, never itself, which is somebody's data. */
  @Override
  public String toString() {
    return "JSON of " + length() + " bytes";
  }
}
