package dev.sluice.consume;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Goes over a JSON text and finds where its values lie. All of it is looked at, so that what is
 * damaged is known at once, and nothing is made of it: a parser's tokens were a third of what
 * reading a message cost. For one thread.
 */
final class JsonScan {
  /** As deep as Jackson reads, by which it will be parsed; BSON goes to 180. */
  private static final int DEEPEST = 1_000;

  /**
   * Digits and all of one number. The longest that MongoDB has written without an exponent are a
   * decimal's, of 6,200: with room. The parser's time grows with the square of the digits.
   */
  static final int LONGEST_NUMBER = 10_000;

  /** Of a decimal they are 4: it goes from -6176 to 6144. With eleven the parser gives up. */
  private static final int EXPONENT_DIGITS = 4;

  /** Eight bytes at a time, the first one lowest: most of a message is inside of strings. */
  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long QUOTES = '"' * ONES;
  private static final long BACKSLASHES = '\\' * ONES;
  private static final long SPACES = ' ' * ONES;

  private static final byte[] WRAPPED =
      "{\"$numberDouble\": \"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] WRAPPED_END = "\"}".getBytes(StandardCharsets.US_ASCII);

  private final byte[] bytes;
  private final int from;
  private final int to;
  private int at;
  private boolean lineEnds;
  private boolean beyondAscii;

  /** Null where there may be none. */
  private List<BareWord> bareWords;

  private record BareWord(int from, int to) {}

  JsonScan(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.from = from;
    this.to = to;
    this.at = from;
  }

  /** Where the next byte lies. */
  int at() {
    return at;
  }

  /** Whether a line has ended between values so far; within strings none can. */
  boolean hasLineEnds() {
    return lineEnds;
  }

  /** What comes behind the white space here; it is not passed. 0 at the end. */
  byte peek() {
    while (at < to) {
      byte next = bytes[at];
      if (next == '\n' || next == '\r') {
        lineEnds = true;
      } else if (next != ' ' && next != '\t') {
        return next;
      }
      at++;
    }
    return 0;
  }

  /** Passes white space and this one. */
  void pass(char expected) throws IOException {
    if (peek() != expected) {
      throw unexpected();
    }
    at++;
  }

  private IOException unexpected() {
    return new IOException(
        at < to
            ? "it is no JSON at the byte " + (at - from)
            : "it ends within a value, at the byte " + (at - from));
  }

  /** Nothing more may come; also says whether what came is UTF-8. */
  void end() throws IOException {
    if (peek() != 0 || at < to) {
      throw new IOException("something is behind the JSON object");
    }
    if (beyondAscii) {
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, from, to - from));
      } catch (CharacterCodingException e) {
        throw new IOException("it is not in UTF-8", e);
      }
    }
  }

  /**
   * The one object that a text is, without the white space around it.
   *
   * @throws IOException if it is none, or more than that
   */
  static Json object(byte[] bytes, int from, int to) throws IOException {
    return object(new JsonScan(bytes, from, to));
  }

  private static Json object(JsonScan scan) throws IOException {
    scan.requireObject();
    int begin = scan.at;
    scan.value(DEEPEST);
    int end = scan.at;
    boolean lineEnds = scan.lineEnds;
    scan.end();
    return new Json(scan.bytes, begin, end, lineEnds);
  }

  /**
   * The same of a text that may have {@code NaN}, {@code Infinity} and {@code -Infinity} as bare
   * words, as MongoDB's older forms do: they become {@code {"$numberDouble": "NaN"}} and so on.
   */
  static Json objectOfOlderForm(byte[] bytes) throws IOException {
    JsonScan scan = new JsonScan(bytes, 0, bytes.length);
    scan.bareWords = new ArrayList<>();
    Json object = object(scan);
    if (scan.bareWords.isEmpty()) {
      return object;
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    int done = 0;
    for (BareWord word : scan.bareWords) {
      whole.write(bytes, done, word.from - done);
      whole.writeBytes(WRAPPED);
      whole.write(bytes, word.from, word.to - word.from);
      whole.writeBytes(WRAPPED_END);
      done = word.to;
    }
    whole.write(bytes, done, bytes.length - done);
    return object(whole.toByteArray(), 0, whole.size());
  }

  /** An object has to come, behind white space; it is not passed. */
  void requireObject() throws IOException {
    if (peek() != '{') {
      throw new IOException("it is no JSON object");
    }
  }

  /** Passes the value of a field of an object, which is a level already. */
  void value() throws IOException {
    value(DEEPEST - 1);
  }

  private void value(int depth) throws IOException {
    switch (peek()) {
      case '"' -> string();
      case '{' -> members('}', true, depth);
      case '[' -> members(']', false, depth);
      case 't' -> word("true");
      case 'f' -> word("false");
      case 'n' -> word("null");
      default -> number();
    }
  }

  private void members(char close, boolean named, int depth) throws IOException {
    if (depth == 0) {
      throw new IOException("it is deeper than " + DEEPEST + " levels");
    }
    at++;
    if (peek() == close) {
      at++;
      return;
    }
    while (true) {
      if (named) {
        name();
      }
      value(depth - 1);
      if (peek() == close) {
        at++;
        return;
      }
      pass(',');
    }
  }

  /** Passes a name with its colon; gives where its closing quote is. */
  int name() throws IOException {
    if (peek() != '"') {
      throw unexpected();
    }
    string();
    int quote = at - 1;
    pass(':');
    return quote;
  }

  private void string() throws IOException {
    at++;
    while (true) {
      passPlain();
      if (at == to) {
        throw unexpected();
      }
      byte next = bytes[at];
      if (next == '"') {
        at++;
        return;
      }
      if (next == '\\') {
        escape();
      } else if (next < 0) {
        beyondAscii = true;
        at++;
      } else if (next < ' ') {
        throw unexpected();
      } else {
        at++;
      }
    }
  }

  /**
   * To the next quote, backslash, control or byte beyond ASCII; or to where less than 8 are left.
   */
  private void passPlain() {
    while (at + Long.BYTES <= to) {
      long eight = (long) EIGHT.get(bytes, at);
      long special =
          below(eight ^ QUOTES, ONES) | below(eight ^ BACKSLASHES, ONES) | below(eight, SPACES);
      long stops = (special | eight) & HIGH_BITS;
      if (stops != 0) {
        at += Long.numberOfTrailingZeros(stops) / Byte.SIZE;
        return;
      }
      at += Long.BYTES;
    }
  }

  /** The lowest high bit is that of the first byte below the bound; beyond ASCII there is none. */
  private static long below(long eight, long bounds) {
    return (eight - bounds) & ~eight;
  }

  private void escape() throws IOException {
    at++;
    int digits = at < to && bytes[at] == 'u' ? 4 : 0;
    if (at + digits >= to || "\"\\/bfnrtu".indexOf(bytes[at]) < 0) {
      throw unexpected();
    }
    at++;
    for (int i = 0; i < digits; i++) {
      if (Character.digit(bytes[at], 16) < 0) {
        throw unexpected();
      }
      at++;
    }
  }

  private void word(String word) throws IOException {
    for (int i = 0; i < word.length(); i++) {
      if (at == to || bytes[at] != word.charAt(i)) {
        throw unexpected();
      }
      at++;
    }
  }

  private void number() throws IOException {
    int begin = at;
    passOne('-', '-');
    if (bareWords != null && at < to && (bytes[at] == 'I' || bytes[at] == 'N' && at == begin)) {
      word(bytes[at] == 'I' ? "Infinity" : "NaN");
      bareWords.add(new BareWord(begin, at));
      return;
    }
    if (at < to && bytes[at] == '0') {
      at++;
    } else {
      digits();
    }
    if (passOne('.', '.')) {
      digits();
    }
    if (passOne('e', 'E')) {
      passOne('+', '-');
      int exponent = at;
      digits();
      if (at - exponent > EXPONENT_DIGITS) {
        throw new IOException("it has a number with an exponent that no value of MongoDB's has");
      }
    }
    if (at - begin > LONGEST_NUMBER) {
      throw new IOException("it has a number that is longer than any of MongoDB's");
    }
  }

  private boolean passOne(char one, char other) {
    boolean here = at < to && (bytes[at] == one || bytes[at] == other);
    at += here ? 1 : 0;
    return here;
  }

  private void digits() throws IOException {
    int begin = at;
    while (at < to && bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    if (at == begin) {
      throw unexpected();
    }
  }
}
