package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.consume.TargetException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an index has from before a position, removed or copied piece by piece, so that each request
 * is short.
 */
final class OlderStates {
  /** Ids only; no search answers with more than 10,000. */
  private static final int REMOVED_TOGETHER = 5000;

  /** With their documents, which may have 16 MB each. */
  private static final int COPIED_TOGETHER = 50;

  /** How long the server keeps a search while its hits are being copied. */
  private static final String SCROLL = "5m";

  /** As many searches in a row find nothing but what has changed when it is to be removed. */
  private static final int VAIN_ROUNDS = 10;

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final Server server;
  private final StateWriter writer;

  OlderStates(Server server, StateWriter writer) {
    this.server = server;
    this.writer = writer;
  }

  /** Removes it, markers included. */
  void remove(IndexNames.Name name, String below) {
    remove(name, query(below, false));
  }

  /** Removes markers only. */
  void removeMarkers(IndexNames.Name name, String below) {
    remove(name, query(below, true));
  }

  /** Copies it into another index, markers included. */
  void copy(IndexNames.Name from, IndexNames.Name to, String below) {
    ObjectNode search = search(query(below, false), COPIED_TOGETHER);
    search.putArray("_source").add(State.OURS);
    refresh(from);
    String path = "/" + from.index() + "/_search?allow_partial_search_results=false&scroll=";
    JsonNode answer = server.post(path + SCROLL, search);
    List<JsonNode> hits = hits(answer);
    while (!hits.isEmpty()) {
      writer.write(
          to, hits.stream().map(hit -> State.stored(hit.at("/_source/" + State.OURS))).toList());
      ObjectNode next = JsonNodeFactory.instance.objectNode();
      next.put("scroll", SCROLL).put("scroll_id", answer.path("_scroll_id").asText());
      answer = server.post("/_search/scroll", next);
      hits = hits(answer);
    }
    ObjectNode end = JsonNodeFactory.instance.objectNode();
    end.put("scroll_id", answer.path("_scroll_id").asText());
    server.send("DELETE", "/_search/scroll", end, status -> status == NOT_FOUND);
  }

  private static ObjectNode query(String below, boolean markersOnly) {
    ObjectNode query = JsonNodeFactory.instance.objectNode();
    ArrayNode filter = query.putObject("bool").putArray("filter");
    filter
        .addObject()
        .putObject("range")
        .putObject(IndexShape.field(State.POSITION))
        .put("lt", below);
    if (markersOnly) {
      filter.addObject().putObject("term").put(IndexShape.field(State.DELETED), true);
    }
    return query;
  }

  private void remove(IndexNames.Name name, ObjectNode query) {
    ObjectNode search = search(query, REMOVED_TOGETHER);
    search.put("_source", false).put("seq_no_primary_term", true);
    for (int vain = 0; vain < VAIN_ROUNDS; ) {
      refresh(name);
      List<JsonNode> hits =
          hits(
              server.post(
                  "/" + name.index() + "/_search?allow_partial_search_results=false", search));
      if (hits.isEmpty()) {
        return;
      }
      vain = remove(name, hits) > 0 ? 0 : vain + 1;
    }
    throw TargetException.unavailable(
        "What " + name.index() + " has to lose changes all the time", null);
  }

  /** A search sees only what was there at the last refresh. */
  private void refresh(IndexNames.Name name) {
    server.post("/" + name.index() + "/_refresh", null);
  }

  private static ObjectNode search(ObjectNode query, int size) {
    ObjectNode search = JsonNodeFactory.instance.objectNode();
    search.put("size", size).putArray("sort").add("_doc");
    search.set("query", query);
    return search;
  }

  private static List<JsonNode> hits(JsonNode answer) {
    List<JsonNode> hits = new ArrayList<>();
    answer.path("hits").path("hits").forEach(hits::add);
    return hits;
  }

  /** How many have gone; what has changed since it was found stays. */
  private int remove(IndexNames.Name name, List<JsonNode> hits) {
    BulkRequest request = new BulkRequest();
    for (JsonNode hit : hits) {
      request.delete(hit.path("_id").asText(), BulkRequest.Version.of(hit));
    }
    int gone = 0;
    for (JsonNode item : request.send(server, "/" + name.index() + "/_bulk?")) {
      JsonNode outcome = item.path("delete");
      int status = outcome.path("status").asInt();
      if (status / 100 == 2 || status == NOT_FOUND && !outcome.has("error")) {
        gone++;
      } else if (status != CONFLICT) {
        throw server.failures().of(status, outcome.path("error"));
      }
    }
    return gone;
  }
}
