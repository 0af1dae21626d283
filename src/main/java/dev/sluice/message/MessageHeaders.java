package dev.sluice.message;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Namespace;
import dev.sluice.json.IsoDate;
import dev.sluice.json.Utf8Buffer;
import java.util.Map;

/**
 * The AMQP headers of a message: what a consumer can route and filter by without its body. Not
 * thread-safe.
 */
final class MessageHeaders {
  /** All headers have to fit one frame, 128 KiB at RabbitMQ, and an id has no limit of its own. */
  private static final int MAX_ID_HEADER = 1024;

  private final Utf8Buffer text = new Utf8Buffer();
  private long capturedAtMillis = Long.MIN_VALUE;
  private String capturedAt;

  /**
   * {@code capturedAt} stands here and not in the body: it is another one when the event is
   * published again, and the bodies of both are to be the same.
   */
  Map<String, Object> ofDocument(
      ChangeEvent event, Namespace namespace, DocumentId id, String position) {
    String operation = event.operation().text();
    noteCapturedAt(event.capturedAtMillis());
    return id.text().length() <= MAX_ID_HEADER
        ? Map.of(
            "operation", operation,
            "database", namespace.database(),
            "collection", namespace.collection(),
            "id", id.text(),
            "idType", id.type(),
            "position", position,
            "capturedAt", capturedAt)
        : Map.of(
            "operation",
            operation,
            "database",
            namespace.database(),
            "collection",
            namespace.collection(),
            "idType",
            id.type(),
            "position",
            position,
            "capturedAt",
            capturedAt);
  }

  /** Events come in batches, and those of one batch share the time. */
  private void noteCapturedAt(long millis) {
    if (millis != capturedAtMillis) {
      text.reset();
      IsoDate.appendWithMillis(millis, text);
      capturedAt = text.toString();
      capturedAtMillis = millis;
    }
  }

  /**
   * @param replaced whether another collection stands under the name now
   */
  Map<String, Object> ofCollection(
      String operation, Namespace namespace, String position, boolean replaced) {
    return replaced
        ? Map.of(
            "operation",
            operation,
            "database",
            namespace.database(),
            "collection",
            namespace.collection(),
            "position",
            position,
            "replaced",
            true)
        : Map.of(
            "operation",
            operation,
            "database",
            namespace.database(),
            "collection",
            namespace.collection(),
            "position",
            position);
  }
}
