package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.EventType;
import dev.sluice.consume.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * The state of a document, or the marker of its delete, as it lies in an index.
 *
 * @param document null if it is deleted
 * @param likelyFirst whether there is most likely nothing of the document yet
 * @param event that says so; null if it was read from an index
 */
record State(DocumentKey key, String position, Json document, boolean likelyFirst, Event event) {
  /** The field with all that is ours. MongoDB's own cannot be called so without being left out. */
  static final String OURS = "_sluice";

  static final String POSITION = "position";
  static final String DELETED = "deleted";

  private static final String ID = "id";
  private static final String ID_TYPE = "idType";
  private static final String DOCUMENT = "document";

  /** The limit of an _id, in bytes. */
  private static final int LONGEST_ID = 512;

  static State of(Event event) {
    boolean first = event.type() == EventType.INSERT || event.type() == EventType.READ;
    return new State(event.key(), event.position(), event.document(), first, event);
  }

  /** What {@link #ours} has made. */
  static State stored(JsonNode ours) {
    JsonNode document = ours.get(DOCUMENT);
    return new State(
        new DocumentKey(ours.path(ID).asText(), ours.path(ID_TYPE).asText()),
        ours.path(POSITION).asText(),
        document == null ? null : Json.of(document.asText()),
        true,
        null);
  }

  /** The _id in the index: the key's text, or where that is too long, what stands for it. */
  String indexId() {
    String text = key.text();
    return text.getBytes(StandardCharsets.UTF_8).length <= LONGEST_ID
        ? text
        : "sha256:" + Digest.of(text);
  }

  /** What is kept of it beside the fields that are searched. */
  ObjectNode ours() {
    ObjectNode ours = JsonNodeFactory.instance.objectNode();
    ours.put(ID, key.id());
    ours.put(ID_TYPE, key.type());
    ours.put(POSITION, position);
    ours.put("time", Instant.ofEpochSecond(Event.secondsOf(position)).toString());
    if (document == null) {
      ours.put(DELETED, true);
    } else {
      ours.put(DOCUMENT, document.text());
    }
    return ours;
  }
}
