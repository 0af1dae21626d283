package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;

/** Writes of one index that travel together; the answer has one item for each. */
final class BulkRequest {
  /** As both makers advise; the least that a server takes by default is 10 MB. */
  private static final int MOST_BYTES = 5 << 20;

  /** Of an answer only what is looked at: it is as long as the request, else. */
  private static final String ANSWER = "filter_path=error,items.*.status,items.*.error";

  /** Which version of a stored document may be overwritten. */
  record Version(long sequence, long term) {
    static Version of(JsonNode stored) {
      return new Version(stored.path("_seq_no").asLong(), stored.path("_primary_term").asLong());
    }
  }

  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private int count;

  /** Whether that much more may go along. One that is larger goes alone. */
  boolean hasRoomFor(int bytes) {
    return count == 0 || content.size() + bytes <= MOST_BYTES;
  }

  int count() {
    return count;
  }

  /** Writes what is not there yet. */
  void create(String id, byte[] source) {
    action("create", id, null);
    line(source);
  }

  /** Overwrites what is still as it was. */
  void replace(String id, Version version, byte[] source) {
    action("index", id, version);
    line(source);
  }

  /** Removes what is still as it was. */
  void delete(String id, Version version) {
    action("delete", id, version);
  }

  private void action(String name, String id, Version version) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    ObjectNode action = line.putObject(name).put("_id", id);
    if (version != null) {
      action.put("if_seq_no", version.sequence()).put("if_primary_term", version.term());
    }
    line(Trees.bytes(line));
    count++;
  }

  private void line(byte[] bytes) {
    content.writeBytes(bytes);
    content.write('\n');
  }

  /**
   * Sends them.
   *
   * @param path with a question mark, behind which there may be parameters and an ampersand
   * @return what became of each, in order
   */
  JsonNode send(Server server, String path) {
    return server
        .send("POST", path + ANSWER, content.toByteArray(), "application/x-ndjson", status -> false)
        .body()
        .path("items");
  }
}
