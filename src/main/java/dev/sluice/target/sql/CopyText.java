package dev.sluice.target.sql;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/**
 * Rows in the text format of PostgreSQL's {@code COPY}
 * (https://www.postgresql.org/docs/current/sql-copy.html), which go on piece by piece, within a row
 * too: a small heap has room for a document of 16 MB, but not for a copy of it as well.
 */
final class CopyText {
  /** Takes the pieces, in their order; where one ends says nothing. */
  interface Pieces {
    void write(byte[] bytes) throws SQLException;
  }

  /**
   * Characters from which on a piece goes, and of a value at a time; a piece has fewer than three
   * times as many, where all are escaped. A call of the driver costs nothing beside them, and they
   * are nothing beside a heap.
   */
  static final int PIECE = 1 << 16;

  /**
   * As the server reads it, but for the sign of years behind 9999 and for those before the first.
   */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSX", Locale.ROOT);

  private final Pieces pieces;
  private final StringBuilder text = new StringBuilder();

  CopyText(Pieces pieces) {
    this.pieces = pieces;
  }

  /** The next row, of values in the order of the columns, null among them. */
  void row(List<Object> values) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        text.append('\t');
      }
      Object value = values.get(i);
      if (value == null) {
        text.append("\\N");
      } else {
        value(value instanceof Instant time ? text(time) : value.toString());
      }
    }
    text.append('\n');
    passFull();
  }

  /** Has all that was given go on. */
  void end() throws SQLException {
    if (!text.isEmpty()) {
      pieces.write(text.toString().getBytes(StandardCharsets.UTF_8));
      text.setLength(0);
    }
  }

  private void passFull() throws SQLException {
    if (text.length() >= PIECE) {
      end();
    }
  }

  /** To the microsecond, which is what a column holds, and rounded as the driver does it. */
  private static String text(Instant time) {
    OffsetDateTime there =
        time.plusNanos(500).truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    String text = TIME.format(there);
    return (text.startsWith("+") ? text.substring(1) : text) + (there.getYear() > 0 ? "" : " BC");
  }

  private void value(String value) throws SQLException {
    int begin = 0;
    while (begin < value.length()) {
      int end = Math.min(value.length(), begin + PIECE);
      // The two halves of a character beyond U+FFFF are bytes only together.
      if (end < value.length() && Character.isHighSurrogate(value.charAt(end - 1))) {
        end--;
      }
      escaped(value.substring(begin, end));
      passFull();
      begin = end;
    }
  }

  private void escaped(String part) {
    if (part.indexOf('\\') < 0
        && part.indexOf('\t') < 0
        && part.indexOf('\n') < 0
        && part.indexOf('\r') < 0) {
      text.append(part);
      return;
    }
    for (int i = 0; i < part.length(); i++) {
      switch (part.charAt(i)) {
        case '\\' -> text.append("\\\\");
        case '\t' -> text.append("\\t");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        default -> text.append(part.charAt(i));
      }
    }
  }
}
