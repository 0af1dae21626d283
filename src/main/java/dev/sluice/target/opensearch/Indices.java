package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.change.Namespace;
import dev.sluice.consume.TargetException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The indices of the collections: each is made when something is to be written into it. */
final class Indices {
  private static final Logger log = LoggerFactory.getLogger(Indices.class);

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final String ALREADY_THERE = "resource_already_exists_exception";

  private final Server server;
  private final Function<Namespace, IndexNames.Name> names;
  private final CollectionsIndex collections;
  private final Map<Namespace, IndexNames.Name> ready = new HashMap<>();

  /**
   * @param names of an index that is to be made
   */
  Indices(Server server, Function<Namespace, IndexNames.Name> names, CollectionsIndex collections) {
    this.server = server;
    this.names = names;
    this.collections = collections;
  }

  /** The index of the collection, which is there then. */
  IndexNames.Name prepare(Namespace collection) {
    IndexNames.Name name = ready.get(collection);
    if (name == null) {
      name = named(collection);
      // First, so that none is ever forgotten at the end of its database.
      collections.add(collection, name);
      check(collection, name);
      ready.put(collection, name);
    }
    return name;
  }

  /**
   * The names of its index, whether it is there or not: a rebuild has another one take the alias.
   */
  IndexNames.Name named(Namespace collection) {
    IndexNames.Name name = names.apply(collection);
    Iterator<String> indices = described(name.alias()).fieldNames();
    if (!indices.hasNext()) {
      return withoutAlias(name) ? new IndexNames.Name(name.alias(), name.beside().index()) : name;
    }
    String index = indices.next();
    if (indices.hasNext()) {
      throw TargetException.unusable(
          "The alias "
              + name.alias()
              + " is for several indices: leave it to the one that ends in -states or -states-2");
    }
    return new IndexNames.Name(name.alias(), index);
  }

  /** Whether the second index is there and has lost its alias, which is said then. */
  private boolean withoutAlias(IndexNames.Name name) {
    String second = name.beside().index();
    JsonNode index = described(second).path(second);
    return !index.isMissingNode() && index.path("aliases").isEmpty();
  }

  private void check(Namespace collection, IndexNames.Name name) {
    JsonNode index = described(name.index()).path(name.index());
    if (index.isMissingNode()) {
      make(server, name.index(), IndexShape.of(collection, name));
      index = described(name.index()).path(name.index());
    }
    if (!IndexShape.namespaceOf(index).equals(collection.toString())) {
      throw TargetException.unusable(
          "The index "
              + name.index()
              + " is there, and not for "
              + collection
              + ": name others by the target's parameter index");
    }
    if (!index.path("aliases").has(name.alias())) {
      throw TargetException.unusable(
          "The index "
              + name.index()
              + " has lost its alias "
              + name.alias()
              + ": give it back, with a filter on "
              + IndexShape.field(State.DELETED));
    }
    warn(name, index.path("settings").path("index"));
  }

  /** By the names of the indices; empty if there is none of that name or alias. */
  private JsonNode described(String name) {
    Server.Answer answer = server.send("GET", "/" + name, null, status -> status == NOT_FOUND);
    return answer.isSuccess() ? answer.body() : MissingNode.getInstance();
  }

  private static void warn(IndexNames.Name name, JsonNode settings) {
    if (settings.path("translog").path("durability").asText().equalsIgnoreCase("async")) {
      log.warn(
          "The index {} has index.translog.durability=async: what is confirmed may be lost when a"
              + " server of it dies",
          name.index());
    }
    if (settings.path("replication").path("type").asText().equalsIgnoreCase("segment")) {
      log.warn(
          "The index {} has index.replication.type=SEGMENT, and its replicas answer searches late:"
              + " a drop or a rename may miss what was written just before",
          name.index());
    }
  }

  /** Makes an index, unless somebody has done so in the meantime. */
  static void make(Server server, String index, ObjectNode shape) {
    Server.Answer answer = server.send("PUT", "/" + index, shape, status -> status == BAD_REQUEST);
    if (answer.isSuccess()) {
      log.info("Made the index {}", index);
    } else if (!answer.errorType().equals(ALREADY_THERE)) {
      throw server.failures().of(answer);
    }
  }

  /** Whether the collection has an index. */
  boolean isThere(Namespace collection) {
    return ready.containsKey(collection) || described(named(collection).index()).size() > 0;
  }

  /** What the index knows of the fields in its documents. */
  JsonNode properties(IndexNames.Name name) {
    return server
        .get("/" + name.index() + "/_mapping")
        .path(name.index())
        .path("mappings")
        .path("properties");
  }
}
