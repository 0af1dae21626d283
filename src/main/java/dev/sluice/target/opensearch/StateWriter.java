package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.consume.TargetException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes states into an index, each only if its position is greater than that of what is there.
 *
 * <p>The server's own versions are numbers of 63 bits, and a position has 96: two changes of one
 * document in one transaction, or a snapshot's read beside a change, would be the same to it. So
 * the stored position is read, and written is only over the very version that was read; what
 * somebody else has written in between is read again. Of what is most likely new nothing is read
 * first: it is created, which fails if it is there.
 */
final class StateWriter {
  private static final Logger log = LoggerFactory.getLogger(StateWriter.class);

  /** Each has another consumer write the same document in the same moment. */
  private static final int ROUNDS = 20;

  /** Fields of which the log tells; documents may have names without end. */
  private static final int MOST_TOLD = 100;

  /** Ids that are looked up together. */
  private static final int LOOKUP = 1000;

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int UNAVAILABLE = 503;

  private final Server server;
  private final Indices indices;
  private final Set<String> told = new HashSet<>();

  StateWriter(Server server, Indices indices) {
    this.server = server;
    this.indices = indices;
  }

  /**
   * Writes them, and returns when that is durable.
   *
   * @param states each key once
   */
  void write(IndexNames.Name name, List<State> states) {
    List<PendingState> pending = new ArrayList<>();
    states.forEach(state -> pending.add(new PendingState(state)));
    for (int round = 0; !pending.isEmpty(); round++) {
      if (round == ROUNDS) {
        throw TargetException.unavailable(
            "Others write the same documents of " + name.alias() + " all the time", null);
      }
      lookUp(name, pending.stream().filter(each -> !each.isKnown()).toList());
      pending.removeIf(PendingState::isOld);
      send(name, pending);
      pending.removeIf(PendingState::isDone);
    }
  }

  private void lookUp(IndexNames.Name name, List<PendingState> unknown) {
    for (int from = 0; from < unknown.size(); from += LOOKUP) {
      List<PendingState> some = unknown.subList(from, Math.min(unknown.size(), from + LOOKUP));
      ObjectNode request = JsonNodeFactory.instance.objectNode();
      ArrayNode ids = request.putArray("ids");
      some.forEach(each -> ids.add(each.state().indexId()));
      String path =
          "/" + name.alias() + "/_mget?_source_includes=" + IndexShape.field(State.POSITION);
      JsonNode found = server.post(path, request).path("docs");
      for (int i = 0; i < some.size(); i++) {
        JsonNode stored = found.path(i);
        if (!stored.has("found")) {
          throw server.failures().of(statusOf(stored), stored.path("error"));
        }
        some.get(i).found(stored);
      }
    }
  }

  /** An answer for one of several has no status; what it has is an index that is not there. */
  private static int statusOf(JsonNode stored) {
    return stored.path("error").path("type").asText().equals("index_not_found_exception")
        ? NOT_FOUND
        : UNAVAILABLE;
  }

  private void send(IndexNames.Name name, List<PendingState> pending) {
    JsonNode properties =
        pending.stream().anyMatch(PendingState::mustFit) ? indices.properties(name) : null;
    BulkRequest request = new BulkRequest();
    List<PendingState> along = new ArrayList<>();
    for (PendingState each : pending) {
      byte[] source = each.source(properties);
      if (!request.hasRoomFor(source.length)) {
        send(name, request, along);
        request = new BulkRequest();
        along.clear();
      }
      each.addTo(request, source);
      along.add(each);
    }
    if (!along.isEmpty()) {
      send(name, request, along);
    }
  }

  private void send(IndexNames.Name name, BulkRequest request, List<PendingState> along) {
    JsonNode items;
    try {
      items = request.send(server, "/" + name.alias() + "/_bulk?require_alias=true&");
    } catch (TargetException e) {
      boolean one = along.size() == 1 && e.kind() == TargetException.Kind.REFUSED;
      throw one ? refused(along.get(0), e.getMessage()) : e;
    }
    TargetException worst = null;
    for (int i = 0; i < along.size(); i++) {
      worst = worse(worst, judge(name, along.get(i), items.path(i)));
    }
    if (worst != null) {
      throw worst;
    }
  }

  /** What goes away by itself comes first: then all of it is tried again. */
  private static TargetException worse(TargetException one, TargetException other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.kind().compareTo(other.kind()) <= 0 ? one : other;
  }

  /** Null if it is written, or will be tried again. */
  private TargetException judge(IndexNames.Name name, PendingState pending, JsonNode item) {
    JsonNode outcome = item.isObject() ? item.elements().next() : item;
    int status = outcome.path("status").asInt();
    if (status / 100 == 2) {
      pending.written();
      tell(name, pending);
      return null;
    }
    if (status == CONFLICT) {
      pending.conflicted();
      return null;
    }
    JsonNode error = outcome.path("error");
    if (status != BAD_REQUEST) {
      return server.failures().of(status, error);
    }
    return pending.fitCloser()
        ? null
        : refused(
            pending, name.index() + " does not take it (" + ServerFailures.reason(error) + ")");
  }

  private static TargetException refused(PendingState pending, String sentence) {
    return pending.state().event() == null
        ? TargetException.unusable(sentence)
        : TargetException.refused(pending.state().event(), sentence);
  }

  private void tell(IndexNames.Name name, PendingState pending) {
    List<String> fresh =
        pending.leftOut().stream()
            .filter(path -> told.size() < MOST_TOLD && told.add(name.index() + "/" + path))
            .toList();
    if (!fresh.isEmpty()) {
      log.warn(
          "What {} of the {} has does not fit the mapping of {}, or that takes no more fields: it"
              + " is not searched there, and {}.leftOut of the document names it (said once)",
          String.join(", ", fresh),
          pending.state().key(),
          name.index(),
          State.OURS);
    }
  }
}
