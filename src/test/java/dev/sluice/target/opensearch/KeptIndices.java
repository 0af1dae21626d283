package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.change.Namespace;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.OpenSearchServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a server has for one test, read as anybody would.
 *
 * @param prefix of the names of its indices
 */
record KeptIndices(OpenSearchServer server, String prefix) {
  private String pattern() {
    return prefix + ".{database}.{collection}";
  }

  /**
   * @param parameters none, or each with an ampersand in front
   */
  OpenSearchStore opener(String hostAndPort, String parameters) {
    return new OpenSearchStore(
        OpenSearchParameters.of(
            TargetUri.parse(
                "opensearch+http://" + hostAndPort + "?index=" + pattern() + parameters)));
  }

  String alias(Namespace collection) {
    return new IndexNames(pattern()).of(collection).alias();
  }

  String index(Namespace collection) {
    return new IndexNames(pattern()).of(collection).index();
  }

  List<JsonNode> search(String name, String query) {
    server.request("POST", "/" + name + "/_refresh", "");
    JsonNode found =
        server.request(
            "POST", "/" + name + "/_search", "{\"size\": 1000, \"query\": " + query + "}");
    List<JsonNode> hits = new ArrayList<>();
    found.path("hits").path("hits").forEach(hits::add);
    return hits;
  }

  List<JsonNode> all(String name) {
    return search(name, "{\"match_all\": {}}");
  }

  /** The documents by {@link DocumentKey#text}, without markers. */
  Map<String, String> stored(Namespace collection) {
    Map<String, String> documents = new HashMap<>();
    for (JsonNode hit : all(alias(collection))) {
      JsonNode ours = hit.path("_source").path("_sluice");
      documents.put(
          new DocumentKey(ours.path("id").asText(), ours.path("idType").asText()).text(),
          ours.path("document").asText());
    }
    return documents;
  }

  /** The fields of the mapping. */
  JsonNode fields(Namespace collection) {
    return server
        .request("GET", "/" + index(collection) + "/_mapping", "")
        .at("/" + index(collection) + "/mappings/properties");
  }

  /** Sets a setting of the index. */
  void set(Namespace collection, String setting, String json) {
    server.request(
        "PUT", "/" + index(collection) + "/_settings", "{\"" + setting + "\": " + json + "}");
  }
}
