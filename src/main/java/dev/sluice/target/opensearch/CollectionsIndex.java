package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.change.Namespace;
import dev.sluice.consume.NewestStates;
import dev.sluice.consume.TargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The index {@code sluice-collections}, or that of a rebuild: which collections there are, and from
 * which position on their changes count. One document for each of them, and one for a database that
 * has a floor.
 */
final class CollectionsIndex {
  static final String NAME = "sluice-collections";

  private static final String PATTERN = "pattern";
  private static final String DATABASE = "database";
  private static final String COLLECTION = "collection";
  private static final String INDEX = "index";
  private static final String FLOOR = "floor";

  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  /** More than two consumers never write the same one at the same time. */
  private static final int ATTEMPTS = 10;

  /** What one answer can have. No server holds as many indices. */
  private static final int MOST = 10_000;

  private final Server server;
  private final String name;
  private final String pattern;

  /**
   * @param name of the index
   * @param pattern of the indices' names. Whoever names others on the same server, because the
   *     changes are those of another MongoDB, has other floors
   */
  CollectionsIndex(Server server, String name, String pattern) {
    this.server = server;
    this.name = name;
    this.pattern = pattern;
  }

  /** Makes it if it is not there. */
  void prepare() {
    Server.Answer there =
        server.send("GET", "/" + name + "/_mapping", null, status -> status == NOT_FOUND);
    if (!there.isSuccess()) {
      Indices.make(
          server, name, IndexShape.ofKeywords(PATTERN, DATABASE, COLLECTION, INDEX, FLOOR));
    }
  }

  /** The floor of that very namespace; empty if there is none. */
  String floor(Namespace namespace) {
    return stored(namespace).path("_source").path(FLOOR).asText();
  }

  /** With that of its database. */
  String effectiveFloor(Namespace collection) {
    return NewestStates.effectiveFloor(collection, this::floor);
  }

  /** Raises the floor of that very namespace, and never lowers it. */
  void raise(Namespace namespace, String floor) {
    change(namespace, FLOOR, floor, stored -> stored.path(FLOOR).asText().compareTo(floor) >= 0);
  }

  /** Notes that the collection has an index. */
  void add(Namespace collection, IndexNames.Name own) {
    change(
        collection, INDEX, own.index(), stored -> stored.path(INDEX).asText().equals(own.index()));
  }

  private void change(Namespace namespace, String field, String value, Predicate<JsonNode> done) {
    for (int i = 0; i < ATTEMPTS; i++) {
      JsonNode stored = stored(namespace);
      JsonNode source = stored.path("_source");
      if (done.test(source) || write(namespace, stored, changed(namespace, source, field, value))) {
        return;
      }
    }
    throw TargetException.unavailable(
        "Others write what " + name + " has of " + namespace + " all the time", null);
  }

  private ObjectNode changed(Namespace namespace, JsonNode source, String field, String value) {
    ObjectNode changed =
        source.isObject() ? source.deepCopy() : JsonNodeFactory.instance.objectNode();
    changed.put(PATTERN, pattern);
    changed.put(DATABASE, namespace.database());
    if (namespace.collection() != null) {
      changed.put(COLLECTION, namespace.collection());
    }
    return changed.put(field, value);
  }

  /** False if somebody else has written it meanwhile. */
  private boolean write(Namespace namespace, JsonNode stored, ObjectNode changed) {
    String path =
        stored.path("found").asBoolean()
            ? "/_doc/"
                + id(namespace)
                + "?if_seq_no="
                + stored.path("_seq_no").asLong()
                + "&if_primary_term="
                + stored.path("_primary_term").asLong()
            : "/_create/" + id(namespace);
    return server.send("PUT", "/" + name + path, changed, status -> status == CONFLICT).isSuccess();
  }

  private JsonNode stored(Namespace namespace) {
    Server.Answer answer =
        server.send(
            "GET", "/" + name + "/_doc/" + id(namespace), null, status -> status == NOT_FOUND);
    if (answer.body().has("error")) {
      throw server.failures().of(answer);
    }
    return answer.body();
  }

  private String id(Namespace namespace) {
    return Digest.of(pattern + "\n" + namespace);
  }

  /**
   * The collections that have an index.
   *
   * @param database null for all databases
   */
  List<Namespace> collections(String database) {
    server.post("/" + name + "/_refresh", null);
    ObjectNode search = JsonNodeFactory.instance.objectNode();
    search.put("size", MOST);
    ObjectNode bool = search.putObject("query").putObject("bool");
    var filter = bool.putArray("filter");
    filter.addObject().putObject("term").put(PATTERN, pattern);
    filter.addObject().putObject("exists").put("field", INDEX);
    if (database != null) {
      filter.addObject().putObject("term").put(DATABASE, database);
    }
    JsonNode found =
        server.post("/" + name + "/_search?allow_partial_search_results=false", search);
    List<Namespace> all = new ArrayList<>();
    for (JsonNode hit : found.path("hits").path("hits")) {
      JsonNode source = hit.path("_source");
      all.add(new Namespace(source.path(DATABASE).asText(), source.path(COLLECTION).asText()));
    }
    return all;
  }
}
