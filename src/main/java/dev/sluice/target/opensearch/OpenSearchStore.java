package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.change.Namespace;
import dev.sluice.consume.Rebuildable;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Indices that are kept in step, and may be filled a second time: {@code plays-states-2} beside
 * {@code plays-states}, and the next time the other way round. Which of them is live its alias
 * says. The index {@code sluice-next-…} has the floors of those beside, and is there as long as the
 * rebuild is not done: it goes in the one request that turns the aliases. What is rebuilt stands in
 * {@code sluice-collections}.
 */
public final class OpenSearchStore implements Rebuildable {
  private static final Logger log = LoggerFactory.getLogger(OpenSearchStore.class);

  private static final String REQUEST = "request";
  private static final String QUEUE = "queue";
  private static final String LAYOUT = "layout";

  /** Digits that tell the patterns of one server apart. */
  private static final int DIGITS = 16;

  private static final int NOT_FOUND = 404;

  private final OpenSearchParameters parameters;
  private final Server server;
  private final String besideName;

  /** All that are opened share their connections. */
  public OpenSearchStore(OpenSearchParameters parameters) {
    this.parameters = parameters;
    this.server = new Server(parameters);
    this.besideName = "sluice-next-" + Digest.of(parameters.names().pattern()).substring(0, DIGITS);
  }

  private CollectionsIndex live() {
    return new CollectionsIndex(server, CollectionsIndex.NAME, parameters.names().pattern());
  }

  private CollectionsIndex beside() {
    return new CollectionsIndex(server, besideName, parameters.names().pattern());
  }

  private Indices liveIndices() {
    return new Indices(server, parameters.names()::of, live());
  }

  private Indices besideIndices() {
    Indices live = liveIndices();
    return new Indices(server, collection -> live.named(collection).beside(), beside());
  }

  @Override
  public Target open() {
    log.info("{} at {}", server.identify(), parameters.address());
    return new OpenSearchTarget(server, live(), liveIndices(), parameters.markers());
  }

  @Override
  public Target openBeside() {
    if (!isThere(besideName)) {
      throw ended();
    }
    return new OpenSearchTarget(server, beside(), besideIndices(), parameters.markers());
  }

  private static TargetException ended() {
    return TargetException.unavailable("Somebody else has ended the rebuild", null);
  }

  private boolean isThere(String index) {
    return server
        .send("GET", "/" + index + "/_mapping", null, status -> status == NOT_FOUND)
        .isSuccess();
  }

  @Override
  public List<Namespace> collections() {
    return isThere(CollectionsIndex.NAME) ? live().collections(null) : List.of();
  }

  private String record() {
    return "/"
        + CollectionsIndex.NAME
        + "/_doc/"
        + Digest.of(parameters.names().pattern() + "\nrebuild");
  }

  @Override
  public Optional<Rebuild> rebuild() {
    Server.Answer answer = server.send("GET", record(), null, status -> status == NOT_FOUND);
    JsonNode kept = answer.body().path("_source");
    return answer.isSuccess() && kept.isObject()
        ? Optional.of(
            new Rebuild(
                kept.path(REQUEST).asText(),
                kept.path(QUEUE).asText(),
                kept.path(LAYOUT).asText(),
                !isThere(besideName)))
        : Optional.empty();
  }

  @Override
  public void begin(String request, String queue, String layout) {
    discard();
    live().prepare();
    beside().prepare();
    ObjectNode kept = JsonNodeFactory.instance.objectNode();
    kept.put(REQUEST, request).put(QUEUE, queue).put(LAYOUT, layout);
    server.send("PUT", record(), kept, status -> false);
  }

  @Override
  public List<Namespace> swap(List<Namespace> collections, String from) {
    if (rebuild().filter(each -> !each.isDone()).isEmpty()) {
      throw ended();
    }
    Indices live = liveIndices();
    Indices beside = besideIndices();
    CollectionsIndex floors = beside();
    List<Namespace> swapped = new ArrayList<>();
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    ArrayNode actions = request.putArray("actions");
    for (Namespace each : collections) {
      if (live.isThere(each) && floors.effectiveFloor(each).compareTo(from) <= 0) {
        IndexNames.Name next = beside.prepare(each);
        // Or those who search find it empty for a moment.
        server.post("/" + next.index() + "/_refresh", null);
        turn(live.prepare(each), next, actions);
        swapped.add(each);
      }
    }
    for (Namespace each : floors.collections(null)) {
      if (!swapped.contains(each) && beside.isThere(each)) {
        remove(beside.prepare(each).index(), actions);
      }
    }
    remove(besideName, actions);
    server.post("/_aliases", request);
    return swapped;
  }

  private static void turn(IndexNames.Name live, IndexNames.Name next, ArrayNode actions) {
    remove(live.index(), actions);
    actions.addObject().putObject("remove").put("index", next.index()).put("alias", next.alias());
    ObjectNode add = actions.addObject().putObject("add");
    add.put("index", next.index()).put("alias", live.alias());
    add.set("filter", IndexShape.withoutMarkers());
  }

  private static void remove(String index, ArrayNode actions) {
    actions.addObject().putObject("remove_index").put("index", index);
  }

  /** First what says that there is something. */
  @Override
  public void discard() {
    server.send("DELETE", record(), null, status -> status == NOT_FOUND);
    if (!isThere(besideName)) {
      return;
    }
    Indices beside = besideIndices();
    for (Namespace each : beside().collections(null)) {
      if (beside.isThere(each)) {
        delete(beside.prepare(each).index());
      }
    }
    delete(besideName);
  }

  private void delete(String index) {
    server.send("DELETE", "/" + index, null, status -> status == NOT_FOUND);
  }
}
