package dev.sluice.target.file;

import dev.sluice.consume.Column;
import dev.sluice.consume.Columns;
import dev.sluice.consume.Event;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Comma-separated values (RFC 4180): what every event has, then the declared columns. A value that
 * is missing is empty, an empty text is {@code ""}. Lines end in a line feed.
 */
final class CsvLines implements LineFormat {
  private static final String FIXED = "eventId,position,operation,time,database,collection";
  private static final String ID = "_id";

  private final Columns columns;

  CsvLines(List<Column> columns) {
    this.columns = new Columns(columns);
  }

  @Override
  public String header() {
    StringBuilder line = new StringBuilder(FIXED);
    columns.all().forEach(column -> field(line, column.name()));
    return line.append('\n').toString();
  }

  @Override
  public void write(Event event, OutputStream out) throws IOException {
    StringBuilder line = new StringBuilder();
    text(line, event.messageId());
    field(line, event.position());
    field(line, event.type().text());
    field(line, event.time());
    field(line, event.namespace() == null ? null : event.namespace().database());
    field(line, event.namespace() == null ? null : event.namespace().collection());
    Object[] values = columns.of(event);
    for (int i = 0; i < values.length; i++) {
      boolean isKey = values[i] == null && event.key() != null && isId(columns.all().get(i));
      field(line, isKey ? event.key().id() : values[i]);
    }
    out.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
  }

  /** Which a delete has as well. */
  private static boolean isId(Column column) {
    return column.path().equals(List.of(ID)) && column.type() == Column.Type.TEXT;
  }

  private static void field(StringBuilder line, Object value) {
    line.append(',');
    if (value == null) {
      return;
    }
    text(line, value instanceof BigDecimal number ? number.toPlainString() : value.toString());
  }

  private static void text(StringBuilder line, String text) {
    if (text.isEmpty()
        || text.chars().anyMatch(c -> c == '"' || c == ',' || c == '\n' || c == '\r')) {
      line.append('"').append(text.replace("\"", "\"\"")).append('"');
    } else {
      line.append(text);
    }
  }
}
