package dev.sluice.consume;

import dev.sluice.change.TraceParent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * An event as one JSON object on one line, the same fields whatever the message's format: what
 * files of history keep, and what commands and receivers are handed.
 */
public final class JsonLine {
  private JsonLine() {}

  /** Writes the object, without a line end: there is none in it either. */
  public static void write(Event event, OutputStream out) throws IOException {
    StringBuilder line = new StringBuilder("{\"eventId\": ");
    line.append(JsonText.quoted(event.messageId()));
    line.append(", \"position\": \"").append(event.position());
    line.append("\", \"operation\": \"").append(event.type().text());
    line.append("\", \"time\": \"").append(event.time()).append('"');
    if (event.namespace() != null) {
      field(line, "database", event.namespace().database());
      if (event.namespace().collection() != null) {
        field(line, "collection", event.namespace().collection());
      }
    }
    if (event.key() != null) {
      field(line, "_id", event.key().id());
      field(line, "idType", event.key().type());
    }
    if (event.traceparent() != null) {
      field(line, TraceParent.HEADER, event.traceparent().text());
    }
    out.write(line.toString().getBytes(StandardCharsets.UTF_8));
    if (event.document() != null) {
      field(out, "document", event.document());
    }
    for (Map.Entry<String, Json> detail : new TreeMap<>(event.details()).entrySet()) {
      field(out, detail.getKey(), detail.getValue());
    }
    out.write('}');
  }

  private static void field(StringBuilder line, String name, String text) {
    line.append(", \"").append(name).append("\": ").append(JsonText.quoted(text));
  }

  /** A message has no line ends between its values; one of somebody else's might. */
  private static void field(OutputStream out, String name, Json value) throws IOException {
    out.write((", " + JsonText.quoted(name) + ": ").getBytes(StandardCharsets.UTF_8));
    if (value.hasLineEnds()) {
      out.write(
          value.text().replace('\n', ' ').replace('\r', ' ').getBytes(StandardCharsets.UTF_8));
    } else {
      value.writeTo(out);
    }
  }
}
