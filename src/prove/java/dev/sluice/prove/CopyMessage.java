package dev.sluice.prove;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * A message as somebody sees it who keeps a copy of the collection.
 *
 * @param id the message-id
 * @param key of the document; empty for a message about none
 * @param position where it stands among the changes of its document: greater is later
 * @param number the document's count of its writes; {@link #NONE} for a delete
 * @param torn whether the document is not what its number says
 */
record CopyMessage(
    String id, String operation, String key, String position, int number, boolean torn) {

  static final int NONE = -1;
  static final String READ = "read";
  static final String STARTED = "snapshot-started";
  static final String COMPLETED = "snapshot-completed";

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * @throws IOException if the body is none of Sluice's
   */
  static CopyMessage read(String id, byte[] body) throws IOException {
    JsonNode event = MAPPER.readTree(body);
    String operation = event.path("operation").asText();
    JsonNode metadata = event.path("metadata");
    if (operation.isEmpty() || !metadata.isObject()) {
      throw new IOException("no message of the envelope");
    }
    String key =
        event.path("_id").isTextual()
            ? metadata.path("idType").asText() + "/" + event.path("_id").asText()
            : "";
    JsonNode fields =
        operation.equals("update") ? event.at("/update/updatedFields") : event.path("document");
    int number = fields.path(SnapshotLoad.NUMBER).asInt(NONE);
    boolean torn =
        !operation.equals("delete")
            && !key.isEmpty()
            && !fields.path(SnapshotLoad.TEXT).asText().equals(SnapshotLoad.text(number));
    return new CopyMessage(id, operation, key, metadata.path("position").asText(), number, torn);
  }
}
