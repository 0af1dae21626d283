package dev.sluice.message;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Namespace;
import dev.sluice.config.Headers;
import dev.sluice.json.IsoDate;
import dev.sluice.json.Utf8Buffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The AMQP headers of a message: what a consumer can route and filter by without its body. Not
 * thread-safe.
 */
final class MessageHeaders {
  /** All headers have to fit one frame, 128 KiB at RabbitMQ, and an id has no limit of its own. */
  private static final int MAX_ID_HEADER = 1024;

  private static final String[] ALL_WITHOUT_ID = {
    "operation", "database", "collection", "idType", "position", "capturedAt"
  };
  private static final String[] ALL = withId(ALL_WITHOUT_ID);
  private static final String REPLACED = "replaced";
  private static final String[] MINIMAL_WITHOUT_ID = {"idType", "position"};
  private static final String[] MINIMAL = withId(MINIMAL_WITHOUT_ID);

  private final Headers which;
  private final Utf8Buffer text = new Utf8Buffer();
  private long capturedAtMillis = Long.MIN_VALUE;
  private String capturedAt;

  MessageHeaders(Headers which) {
    this.which = which;
  }

  /** Whether a message of ours may have a header of this name. */
  static boolean isOne(String name) {
    return name.equals(REPLACED)
        || name.equals(DebeziumFormat.KEY)
        || name.startsWith(CloudEventsBinaryFormat.PREFIX)
        || Arrays.asList(ALL).contains(name);
  }

  private static String[] withId(String[] names) {
    String[] all = Arrays.copyOf(names, names.length + 1);
    all[names.length] = "id";
    return all;
  }

  /**
   * {@code capturedAt} stands here and not in the body: it is another one when the event is
   * published again, and the bodies of both are to be the same.
   */
  Map<String, Object> ofDocument(
      ChangeEvent event, Namespace namespace, DocumentId id, String position) {
    boolean hasId = id.text().length() <= MAX_ID_HEADER;
    return switch (which) {
      case ALL -> all(event, namespace, id, hasId, position);
      case MINIMAL ->
          hasId
              ? HeaderTable.of(MINIMAL, id.type(), position, id.text())
              : HeaderTable.of(MINIMAL_WITHOUT_ID, id.type(), position);
      case NONE -> Map.of();
    };
  }

  private Map<String, Object> all(
      ChangeEvent event, Namespace namespace, DocumentId id, boolean hasId, String position) {
    noteCapturedAt(event.capturedAtMillis());
    String operation = event.operation().text();
    String database = namespace.database();
    String collection = namespace.collection();
    return hasId
        ? HeaderTable.of(
            ALL, operation, database, collection, id.type(), position, capturedAt, id.text())
        : HeaderTable.of(
            ALL_WITHOUT_ID, operation, database, collection, id.type(), position, capturedAt);
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
   * @param namespace null for everything that is watched
   * @param replaced whether another collection stands under the name now
   */
  Map<String, Object> ofCollection(
      String operation, Namespace namespace, boolean replaced, String position) {
    if (which == Headers.NONE) {
      return Map.of();
    }
    Map<String, Object> headers = new HashMap<>();
    headers.put("position", position);
    if (replaced) {
      headers.put(REPLACED, true);
    }
    if (which == Headers.MINIMAL) {
      return headers;
    }
    headers.put("operation", operation);
    if (namespace != null) {
      headers.put("database", namespace.database());
    }
    if (namespace != null && namespace.collection() != null) {
      headers.put("collection", namespace.collection());
    }
    return headers;
  }
}
