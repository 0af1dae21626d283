package dev.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Delivery;
import dev.sluice.change.Commit;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/** Writes a published event as one line that a person can read. */
public final class EventLine {
  private static final Map<String, String> STYLES =
      Map.of("insert", "green", "update", "yellow", "replace", "cyan", "delete", "red");

  /** As much of a document as a usual terminal has room for beside the rest of the line. */
  private static final int MOST_CHARACTERS = 72;

  /** Where the formats of others have it. */
  private static final List<String> DOCUMENTS =
      List.of("/data/document", "/after", "/dynamodb/NewImage", "/fullDocument");

  private final ObjectMapper mapper = new ObjectMapper();
  private final Ansi ansi;

  public EventLine(boolean colours) {
    this.ansi = colours ? Ansi.ON : Ansi.OFF;
  }

  /** Operation, namespace, id and the beginning of the document, or what was updated. */
  public String of(Delivery delivery) {
    String operation = String.valueOf(delivery.getProperties().getType());
    try {
      JsonNode event = mapper.readTree(JsonBody.of(delivery));
      String style = STYLES.getOrDefault(operation, "bold");
      String head = ansi.string("@|" + style + " " + pad(operation) + "|@") + " ";
      if (operation.equals(Commit.OPERATION)) {
        return head + cut(counts(event));
      }
      return head
          + namespace(delivery)
          + " "
          + id(delivery, event)
          + " "
          + cut(detail(event, operation));
    } catch (IOException e) {
      return pad(operation) + " (no JSON: " + delivery.getBody().length + " bytes)";
    }
  }

  /** How many events a transaction had, by collection; each format has that somewhere else. */
  private static String counts(JsonNode commit) {
    JsonNode counts = commit.findValue("collections");
    return String.valueOf(counts == null ? commit.findValue("data_collections") : counts);
  }

  private static String namespace(Delivery delivery) {
    return header(delivery, "database") + "." + header(delivery, "collection");
  }

  /** As text; "?" where the message has none of the name. */
  static String header(Delivery delivery, String name) {
    Map<String, Object> headers = delivery.getProperties().getHeaders();
    Object value = headers == null ? null : headers.get(name);
    return value == null ? "?" : value.toString();
  }

  /** A header has it in every format, unless it is very long. */
  private static String id(Delivery delivery, JsonNode event) {
    String id = header(delivery, "id");
    return !id.equals("?") ? id : event.path("_id").asText();
  }

  private static String detail(JsonNode event, String operation) {
    if (operation.equals("update") && event.has("update")) {
      return event.path("update").path("updatedFields").toString();
    }
    return operation.equals("delete") ? "" : document(event).toString();
  }

  private static JsonNode document(JsonNode event) {
    if (event.has("metadata")) {
      return event.has("document") ? event.get("document") : event;
    }
    return DOCUMENTS.stream()
        .map(event::at)
        .filter(document -> !document.isMissingNode())
        .findFirst()
        .orElse(event);
  }

  private static String pad(String operation) {
    return String.format("%-7s", operation);
  }

  private static String cut(String text) {
    return text.length() <= MOST_CHARACTERS ? text : text.substring(0, MOST_CHARACTERS) + "…";
  }
}
