package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.backend.DefaultQueryMatcher;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The log as the collection {@code local.oplog.rs}: enough for its first and last entry and for
 * what lies between two times; not for tailing it.
 */
final class OplogView {

  private final Oplog oplog;

  OplogView(Oplog oplog) {
    this.oplog = oplog;
  }

  List<Document> find(Invocation call) {
    Document filter = call.document("filter", new Document());
    Document sort = call.document("sort", new Document());
    int limit = Math.abs(call.integer("limit", 0));
    boolean newestFirst =
        sort.values().stream().anyMatch(value -> value instanceof Number n && n.intValue() < 0);
    List<OplogEntry> entries = oplog.snapshot();
    if (newestFirst) {
      Collections.reverse(entries);
    }
    DefaultQueryMatcher matcher = new DefaultQueryMatcher();
    List<Document> found = new ArrayList<>();
    for (OplogEntry entry : entries) {
      Document shown = show(entry);
      if (Storage.translating(() -> matcher.matches(shown, filter))) {
        found.add(shown);
        if (found.size() == limit) {
          break;
        }
      }
    }
    return found;
  }

  static Document show(OplogEntry entry) {
    Document shown = new Document("op", entry.type().oplogName());
    shown.put("ns", entry.type().oplogName().equals("n") ? "" : oplogNamespace(entry));
    if (entry.collection() != null) {
      shown.put("ui", entry.collection());
    }
    Document object = entry.object() == null ? null : entry.object().decode();
    switch (entry.type()) {
      case DELETE -> shown.put("o", entry.key().decode());
      case UPDATE ->
          shown
              .append("o", new Document("$v", 2).append("diff", object))
              .append("o2", entry.key().decode());
      case REPLACE, INSERT -> shown.append("o", object).append("o2", entry.key().decode());
      case NOOP -> shown.put("o", object);
      default -> {
        Document command = new Document(entry.type().streamName(), entry.namespace().collection());
        shown.put("o", command.appendAll(object));
      }
    }
    return shown
        .append("ts", entry.time().timestamp())
        .append("t", 1L)
        .append("v", 2L)
        .append("wall", entry.wallTime());
  }

  private static String oplogNamespace(OplogEntry entry) {
    return entry.type().isDocumentChange()
        ? entry.namespace().toString()
        : entry.namespace().database() + ".$cmd";
  }
}
