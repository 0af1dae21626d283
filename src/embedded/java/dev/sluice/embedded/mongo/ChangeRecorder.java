package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.List;

/**
 * What the storage engine reports its changes to: the one place every write passes.
 *
 * <p>Used under the storage lock only. Documents are turned into bytes at once, because the engine
 * goes on changing the very objects it hands over.
 */
final class ChangeRecorder {

  private final boolean logsDeltas;

  /** Whether the document after an update is always needed: a journal keeps it. */
  private final boolean keepsResults;

  private List<RecordedChange> changes = new ArrayList<>();
  private UpdateIntent intent;
  private RawDocument incoming;
  private boolean keepsImages;
  private boolean paused;

  ChangeRecorder(boolean logsDeltas, boolean keepsResults) {
    this.logsDeltas = logsDeltas;
    this.keepsResults = keepsResults;
  }

  /** Says what the next update is; it holds until {@link #drain}. */
  void expect(UpdateIntent intent) {
    this.intent = intent;
  }

  /** The bytes of the next inserted document as they came in, so that they are kept as they are. */
  void expectInsert(RawDocument raw) {
    this.incoming = raw;
  }

  /** Whether the documents before and after are worth their cost: for images and transactions. */
  void keepImages(boolean keep) {
    this.keepsImages = keep;
  }

  /** Runs a change that is not to be recorded, such as the undoing of one. */
  void unrecorded(Runnable action) {
    boolean before = paused;
    paused = true;
    try {
      action.run();
    } finally {
      paused = before;
    }
  }

  List<RecordedChange> drain() {
    List<RecordedChange> drained = changes;
    changes = new ArrayList<>();
    intent = null;
    incoming = null;
    return drained;
  }

  void inserted(Namespace namespace, Document document) {
    if (paused) {
      return;
    }
    RawDocument raw = incoming != null ? incoming : RawDocument.of(document);
    incoming = null;
    changes.add(
        new RecordedChange(
            EventType.INSERT, namespace, key(document), raw, null, raw, previous(document, null)));
  }

  void removed(Namespace namespace, Document document) {
    if (paused) {
      return;
    }
    RawDocument before = keepsImages ? RawDocument.of(document) : null;
    changes.add(
        new RecordedChange(
            EventType.DELETE,
            namespace,
            key(document),
            null,
            before,
            null,
            previous(document, document)));
  }

  void updated(Namespace namespace, Document before, Document after) {
    if (intent instanceof UpdateIntent.Replacement replacement) {
      restoreOrder(after, replacement.document());
    } else if (intent instanceof UpdateIntent.Pipeline pipeline) {
      restoreOrder(after, pipeline.result());
    }
    if (paused) {
      return;
    }
    RawDocument oldImage = keepsImages ? RawDocument.of(before) : null;
    EventType type = isReplace() ? EventType.REPLACE : EventType.UPDATE;
    RawDocument newImage =
        keepsImages || keepsResults || type == EventType.REPLACE ? RawDocument.of(after) : null;
    RawDocument object =
        type == EventType.REPLACE ? newImage : RawDocument.of(describe(before, after).document());
    changes.add(
        new RecordedChange(
            type, namespace, key(after), object, oldImage, newImage, previous(after, before)));
  }

  private static RecordedChange.Previous previous(Document of, Document before) {
    return new RecordedChange.Previous(of.get("_id"), before);
  }

  private boolean isReplace() {
    return intent instanceof UpdateIntent.Replacement
        || intent instanceof UpdateIntent.Pipeline && !logsDeltas;
  }

  private UpdateDescription describe(Document before, Document after) {
    if (intent instanceof UpdateIntent.Operators operators) {
      UpdateDescription named = UpdateDescription.ofOperators(operators.update(), before, after);
      if (!named.isEmpty()) {
        return named;
      }
    }
    return UpdateDescription.ofDifference(before, after);
  }

  /** The engine keeps the old order of fields on a replacement; a server takes the new one. */
  private static void restoreOrder(Document document, Document replacement) {
    Document copy = document.clone();
    document.clear();
    document.put("_id", copy.get("_id"));
    for (String name : replacement.keySet()) {
      if (copy.containsKey(name)) {
        document.put(name, copy.get(name));
      }
    }
    copy.forEach(document::putIfAbsent);
  }

  static RawDocument key(Document document) {
    BsonWriter writer = new BsonWriter(32);
    int start = writer.startDocument();
    writer.writeField("_id", document.get("_id"));
    writer.endDocument(start);
    return new RawDocument(writer.toByteArray());
  }
}
