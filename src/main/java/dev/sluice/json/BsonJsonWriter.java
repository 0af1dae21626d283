package dev.sluice.json;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.config.JsonMode;

/**
 * Writes BSON as JSON, straight from the one's bytes to the other's.
 *
 * <p>{@link JsonMode#RELAXED} and {@link JsonMode#CANONICAL} give byte for byte what org.bson's
 * {@code RawBsonDocument.toJson} gives in UTF-8 with the output modes {@code RELAXED} and {@code
 * EXTENDED}, its spaces included, but for characters that it escapes and {@link JsonEscapes} does
 * not. {@link JsonMode#PLAIN} has the same spaces and escapes and maps the types to ordinary JSON:
 *
 * <table>
 *   <caption>BSON types in plain mode</caption>
 *   <tr><th>BSON</th><th>JSON</th></tr>
 *   <tr><td>document, array, string, boolean, null</td><td>the same</td></tr>
 *   <tr><td>int32, int64</td><td>number, all digits</td></tr>
 *   <tr><td>double</td><td>number: {@code 1.0}, {@code 1.0E+10}; the strings {@code "NaN"}, {@code
 *     "Infinity"}, {@code "-Infinity"}</td></tr>
 *   <tr><td>Decimal128</td><td>string: {@code "19.90"}, {@code "1E+3"}, {@code "NaN"}</td></tr>
 *   <tr><td>ObjectId</td><td>string of 24 hexadecimal digits</td></tr>
 *   <tr><td>date</td><td>ISO-8601 string in UTC, fraction as far as it is not zero: {@code
 *     "2026-11-20T01:02:03.12Z"}; years before 0 and after 9999 have a sign: {@code
 *     "+10000-01-01T00:00:00Z"}</td></tr>
 *   <tr><td>timestamp</td><td>{@code {"t": seconds, "i": increment}}, both unsigned</td></tr>
 *   <tr><td>binary</td><td>base64 string with padding; the subtype is lost</td></tr>
 *   <tr><td>binary of subtype 4 or 3 with 16 bytes</td><td>UUID string, its digits in the order of
 *     the bytes. In subtype 3 drivers have used three orders, and nothing says which: bytes as they
 *     stand are right for Python's, and what the others need to undo their own</td></tr>
 *   <tr><td>regular expression</td><td>string {@code "/pattern/options"}, options sorted, the
 *     pattern as it is: the last slash ends it</td></tr>
 *   <tr><td>code, symbol</td><td>string</td></tr>
 *   <tr><td>code with scope</td><td>{@code {"code": string, "scope": document}}</td></tr>
 *   <tr><td>DBPointer</td><td>{@code {"ref": string, "id": 24 hexadecimal digits}}</td></tr>
 *   <tr><td>min key, max key</td><td>the strings {@code "MinKey"}, {@code "MaxKey"}</td></tr>
 *   <tr><td>undefined</td><td>null</td></tr>
 * </table>
 *
 * <p>Duplicate keys come out as they stand. Bytes that are not UTF-8 become U+FFFD as {@code new
 * String(bytes, UTF_8)} has it, so the result is always valid JSON in valid UTF-8.
 *
 * <p>Nothing is allocated per document, except for what the buffer's growth needs and for rare
 * values: doubles of more than fifteen digits, below 0.001 or from 1e15 on; decimals beyond a long;
 * plain dates outside 1970 to 9999; broken UTF-8; unsorted regex options.
 *
 * <p>The writer keeps no state between calls; the buffer belongs to one thread. Bytes that are not
 * BSON end in {@link CorruptBsonException}, with part of the text already in the buffer: its owner
 * drops that by {@link Utf8Buffer#reset()}.
 */
public final class BsonJsonWriter {
  /**
   * Levels of documents and arrays. MongoDB stores up to 100 and sends up to 250, with its
   * parameter {@code maxBSONDepth} at the highest; the limit keeps corrupt bytes from using up the
   * stack, of which org.bson's own 1,024 levels take more than the usual megabyte.
   */
  private static final int MAX_DEPTH = 400;

  /** Names of up to this many bytes are copied and their ends found in one go. */
  private static final int SHORT_NAME = 64;

  /** Comma, space, two quotes, colon, space. */
  private static final int NAME_SEPARATORS = 6;

  private static final byte[] TRUE = Utf8Buffer.ascii("true");
  private static final byte[] FALSE = Utf8Buffer.ascii("false");
  private static final byte[] NULL = Utf8Buffer.ascii("null");

  private final ScalarStyle style;

  /** Whether there is a space behind a comma. */
  private final boolean spaced;

  public BsonJsonWriter(JsonMode mode) {
    this(
        switch (mode) {
          case RELAXED -> new ExtendedStyle(false);
          case CANONICAL -> new ExtendedStyle(true);
          case PLAIN -> new PlainStyle();
        },
        true);
  }

  private BsonJsonWriter(ScalarStyle style, boolean spaced) {
    this.style = style;
    this.spaced = spaced;
  }

  /**
   * Writes what org.bson does in its old output mode {@code STRICT}, with no space behind a comma:
   * Debezium's way. A double that is not finite is a bare word there, which no JSON parser takes.
   */
  public static BsonJsonWriter strict() {
    return new BsonJsonWriter(new StrictStyle(), false);
  }

  /** Writes values as Debezium's flattening transform has them. */
  public static BsonJsonWriter flat() {
    return new BsonJsonWriter(new FlatStyle(), true);
  }

  /**
   * Writes the document that starts at {@code offset}; returns the offset behind it.
   *
   * @throws CorruptBsonException if there is no whole BSON document
   */
  public int writeDocument(byte[] bytes, int offset, Utf8Buffer out) {
    requireStart(bytes, offset);
    return writeFields(bytes, offset, bytes.length, 1, out);
  }

  /**
   * Writes the value of the given BSON type that starts at {@code offset}, behind its field's name;
   * returns the offset behind it.
   *
   * @throws CorruptBsonException if the type is unknown or there is no whole value of that type
   */
  public int writeValue(byte type, byte[] bytes, int offset, Utf8Buffer out) {
    requireStart(bytes, offset);
    return writeValue(type, bytes, offset, bytes.length, 1, out);
  }

  /**
   * Writes the field whose type byte is at {@code offset} as one that follows another: a comma, the
   * name, the value. Returns the offset behind it.
   *
   * @param limit where the field has to end
   * @throws CorruptBsonException if there is no whole field
   */
  public int writeFurtherField(byte[] bytes, int offset, int limit, Utf8Buffer out) {
    int nameEnd = writeName(bytes, offset + 1, limit, false, out);
    return writeValue(bytes[offset], bytes, nameEnd + 1, limit, 1, out);
  }

  /**
   * The offset behind the value of the given BSON type that starts at {@code offset}. Looks at
   * sizes only, not into documents and arrays.
   *
   * @throws CorruptBsonException if the type is unknown or the value does not end in the array
   */
  public static int skipValue(byte type, byte[] bytes, int offset) {
    requireStart(bytes, offset);
    return BsonBytes.skipValue(type, bytes, offset, bytes.length);
  }

  private int writeFields(byte[] bytes, int offset, int limit, int depth, Utf8Buffer out) {
    int last = openContainer(bytes, offset, limit, depth);
    int position = offset + Integer.BYTES;
    out.append('{');
    while (position < last) {
      byte type = bytes[position];
      int nameEnd = writeName(bytes, position + 1, last, position == offset + Integer.BYTES, out);
      position = writeValue(type, bytes, nameEnd + 1, last, depth + 1, out);
    }
    out.append('}');
    return last + 1;
  }

  /** Writes the name with its separators; returns the offset of the zero that ends it. */
  private int writeName(byte[] bytes, int offset, int limit, boolean first, Utf8Buffer out) {
    int shortEnd = Math.min(limit, offset + SHORT_NAME);
    out.reserve(SHORT_NAME + NAME_SEPARATORS + JsonEscapes.COPY_SLACK);
    byte[] target = out.array();
    int size = out.size();
    if (!first) {
      target[size++] = ',';
      if (spaced) {
        target[size++] = ' ';
      }
    }
    target[size++] = '"';
    int end = JsonEscapes.copyPlain(bytes, offset, shortEnd, target, size);
    size += end - offset;
    // A zero is not plain, so the usual name has been copied and its end been found at once.
    if (end == limit || bytes[end] != 0) {
      int plainEnd = end;
      out.advanceTo(size);
      end = BsonBytes.cStringEnd(bytes, plainEnd, limit);
      JsonEscapes.append(bytes, plainEnd, end, out);
      out.reserve(NAME_SEPARATORS);
      target = out.array();
      size = out.size();
    }
    target[size++] = '"';
    target[size++] = ':';
    target[size++] = ' ';
    out.advanceTo(size);
    return end;
  }

  private int writeElements(byte[] bytes, int offset, int limit, int depth, Utf8Buffer out) {
    int last = openContainer(bytes, offset, limit, depth);
    int position = offset + Integer.BYTES;
    out.append('[');
    while (position < last) {
      if (position > offset + Integer.BYTES) {
        out.append(',');
        if (spaced) {
          out.append(' ');
        }
      }
      byte type = bytes[position++];
      // The names of elements are their indexes, or should be: nobody reads them.
      int nameEnd = BsonBytes.cStringEnd(bytes, position, last);
      position = writeValue(type, bytes, nameEnd + 1, last, depth + 1, out);
    }
    out.append(']');
    return last + 1;
  }

  /** The offset of the zero that closes the document or array. */
  static int openContainer(byte[] bytes, int offset, int limit, int depth) {
    if (depth > MAX_DEPTH) {
      throw tooDeep(offset);
    }
    return BsonBytes.documentEnd(bytes, offset, limit) - 1;
  }

  private static CorruptBsonException tooDeep(int offset) {
    return new CorruptBsonException("more than " + MAX_DEPTH + " levels of documents", offset);
  }

  /** The frequent types; the limit is where the document around the value must end. */
  private int writeValue(
      byte type, byte[] bytes, int offset, int limit, int depth, Utf8Buffer out) {
    switch (type) {
      case BsonBytes.STRING -> {
        int length = BsonBytes.stringLength(bytes, offset, limit);
        out.appendJsonString(bytes, offset + Integer.BYTES, length);
        return offset + Integer.BYTES + length + 1;
      }
      case BsonBytes.INT32 -> {
        style.int32(BsonBytes.int32(bytes, offset, limit), out);
        return offset + Integer.BYTES;
      }
      case BsonBytes.INT64 -> {
        style.int64(BsonBytes.int64(bytes, offset, limit), out);
        return offset + Long.BYTES;
      }
      case BsonBytes.DOUBLE -> {
        style.float64(Double.longBitsToDouble(BsonBytes.int64(bytes, offset, limit)), out);
        return offset + Long.BYTES;
      }
      case BsonBytes.DOCUMENT -> {
        return writeFields(bytes, offset, limit, depth, out);
      }
      case BsonBytes.ARRAY -> {
        return writeElements(bytes, offset, limit, depth, out);
      }
      case BsonBytes.OBJECT_ID -> {
        BsonBytes.requireRoom(BsonBytes.OBJECT_ID_LENGTH, offset, limit);
        style.objectId(bytes, offset, out);
        return offset + BsonBytes.OBJECT_ID_LENGTH;
      }
      case BsonBytes.DATE -> {
        style.date(BsonBytes.int64(bytes, offset, limit), out);
        return offset + Long.BYTES;
      }
      case BsonBytes.BOOLEAN -> {
        out.append(booleanAt(bytes, offset, limit) ? TRUE : FALSE);
        return offset + 1;
      }
      case BsonBytes.NULL -> {
        out.append(NULL);
        return offset;
      }
      default -> {
        return writeRareValue(type, bytes, offset, limit, depth, out);
      }
    }
  }

  private int writeRareValue(
      byte type, byte[] bytes, int offset, int limit, int depth, Utf8Buffer out) {
    int end = BsonBytes.skipValue(type, bytes, offset, limit);
    int text = offset + Integer.BYTES;
    switch (type) {
      case BsonBytes.BINARY -> writeBinary(bytes, offset, end, out);
      case BsonBytes.DECIMAL128 -> {
        long low = BsonBytes.int64(bytes, offset, limit);
        style.decimal128(BsonBytes.int64(bytes, offset + Long.BYTES, limit), low, out);
      }
      case BsonBytes.TIMESTAMP -> {
        long timestamp = BsonBytes.int64(bytes, offset, limit);
        style.timestamp((int) (timestamp >>> Integer.SIZE), (int) timestamp, out);
      }
      case BsonBytes.REGEX -> {
        int options = BsonBytes.cStringEnd(bytes, offset, limit) + 1;
        style.regex(bytes, offset, options, end - 1, out);
      }
      case BsonBytes.CODE -> style.code(bytes, text, end - 1 - text, out);
      case BsonBytes.SYMBOL -> style.symbol(bytes, text, end - 1 - text, out);
      case BsonBytes.DB_POINTER -> {
        int nameEnd = end - BsonBytes.OBJECT_ID_LENGTH - 1;
        style.dbPointer(bytes, text, nameEnd - text, out);
      }
      case BsonBytes.CODE_WITH_SCOPE -> writeCodeWithScope(bytes, offset, end, depth, out);
      case BsonBytes.UNDEFINED -> style.undefined(out);
      case BsonBytes.MIN_KEY -> style.minKey(out);
      case BsonBytes.MAX_KEY -> style.maxKey(out);
      default -> throw BsonBytes.unknownType(type, offset);
    }
    return end;
  }

  private void writeBinary(byte[] bytes, int offset, int end, Utf8Buffer out) {
    int data = binaryData(bytes, offset, end);
    style.binary(bytes[offset + Integer.BYTES], bytes, data, end - data, out);
  }

  /** Where the data of the binary value begins that lies from {@code offset} to {@code end}. */
  static int binaryData(byte[] bytes, int offset, int end) {
    int data = offset + Integer.BYTES + 1;
    if (bytes[offset + Integer.BYTES] != BsonBytes.OLD_BINARY) {
      return data;
    }
    int length = BsonBytes.int32(bytes, data, end);
    data += Integer.BYTES;
    if (length != end - data) {
      throw new CorruptBsonException("an old binary value with two sizes", offset);
    }
    return data;
  }

  private void writeCodeWithScope(byte[] bytes, int offset, int end, int depth, Utf8Buffer out) {
    int code = offset + Integer.BYTES;
    int length = BsonBytes.stringLength(bytes, code, end);
    style.codeBeforeScope(bytes, code + Integer.BYTES, length, out);
    // One level for the pair and one for the scope, as org.bson counts.
    int scopeEnd = writeFields(bytes, code + Integer.BYTES + length + 1, end, depth + 1, out);
    if (scopeEnd != end) {
      throw new CorruptBsonException("a scope that ends before its value", offset);
    }
    out.append('}');
  }

  static boolean booleanAt(byte[] bytes, int offset, int limit) {
    BsonBytes.requireRoom(1, offset, limit);
    byte value = bytes[offset];
    if (value != 0 && value != 1) {
      throw noBoolean(value, offset);
    }
    return value == 1;
  }

  private static CorruptBsonException noBoolean(byte value, int offset) {
    return new CorruptBsonException("a boolean of " + value, offset);
  }

  private static void requireStart(byte[] bytes, int offset) {
    if (offset < 0 || offset > bytes.length) {
      throw new CorruptBsonException("no value in " + bytes.length + " bytes", offset);
    }
  }
}
