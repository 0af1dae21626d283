package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import dev.sluice.embedded.mongo.ChangeStreamSpec.ImageMode;

/**
 * Turns log entries into the events of one change stream, in the server's order of keys.
 *
 * <p>The order is the recorded one (4.2); what newer releases add stands where the server's {@code
 * change_stream_event_transform.cpp} puts it. Bytes are copied from the log, not decoded.
 */
final class EventRenderer {

  private final Storage storage;
  private final ServerVersion version;
  private final ChangeStreamSpec spec;

  EventRenderer(Storage storage, ServerVersion version, ChangeStreamSpec spec) {
    this.storage = storage;
    this.version = version;
    this.spec = spec;
  }

  ResumeToken token(OplogEntry entry) {
    return ResumeToken.ofEvent(entry.position(), version.resumeTokenVersion(), subject(entry));
  }

  /** The token of one fragment of a split event, counted from 0. */
  ResumeToken fragmentToken(OplogEntry entry, int number) {
    return ResumeToken.ofEvent(
        entry.position(), version.resumeTokenVersion(), subject(entry), number);
  }

  ResumeToken invalidateToken(OplogEntry entry) {
    ResumeToken.Position position =
        new ResumeToken.Position(entry.time(), true, entry.operation(), true);
    return ResumeToken.ofEvent(position, version.resumeTokenVersion(), subject(entry));
  }

  ResumeToken.Subject subject(OplogEntry entry) {
    Object key = entry.key() == null ? null : entry.key().decode();
    Object description =
        entry.type().isDocumentChange() || entry.type() == EventType.DROP ? null : describe(entry);
    return new ResumeToken.Subject(entry.collection(), entry.type().streamName(), key, description);
  }

  private Document describe(OplogEntry entry) {
    Document what = entry.object().decode();
    what.remove("stateBeforeChange");
    return what.isEmpty() ? null : what;
  }

  RawDocument render(OplogEntry entry, ResumeToken token) {
    BsonWriter writer = new BsonWriter(256 + entry.size());
    int start = writer.startDocument();
    if (entry.type() == EventType.RENAME) {
      writer.writeField("to", entry.object().decode().get("to"));
    }
    if (entry.transaction() != null) {
      writer.writeField("txnNumber", entry.transaction().number());
      writer.writeField("lsid", entry.transaction().session());
    }
    writeHead(writer, entry, token, entry.type().streamName());
    writeFullDocument(writer, entry);
    writer.writeField("ns", entry.namespace().document());
    if (entry.key() != null) {
      writer.writeField("documentKey", entry.key());
    }
    if (entry.type() == EventType.UPDATE) {
      writeUpdateDescription(writer, entry.object());
    }
    if (spec.expanded()) {
      writeExpandedFields(writer, entry);
    }
    writeImageBefore(writer, entry);
    writer.endDocument(start);
    return new RawDocument(writer.toByteArray());
  }

  RawDocument renderInvalidate(OplogEntry cause, ResumeToken token) {
    BsonWriter writer = new BsonWriter();
    int start = writer.startDocument();
    writeHead(writer, cause, token, "invalidate");
    writer.endDocument(start);
    return new RawDocument(writer.toByteArray());
  }

  private void writeHead(
      BsonWriter writer, OplogEntry entry, ResumeToken token, String operationType) {
    writer.writeField("_id", token.document());
    writer.writeField("operationType", operationType);
    writer.writeField("clusterTime", entry.time().timestamp());
    if (spec.expanded() && entry.collection() != null && !operationType.equals("invalidate")) {
      writer.writeField("collectionUUID", entry.collection());
    }
    if (version.hasImagesAndExpandedEvents()) {
      writer.writeField("wallTime", entry.wallTime());
    }
  }

  private void writeFullDocument(BsonWriter writer, OplogEntry entry) {
    switch (entry.type()) {
      case INSERT, REPLACE -> writer.writeField("fullDocument", entry.object());
      case UPDATE -> {
        switch (spec.fullDocument()) {
          case UPDATE_LOOKUP -> writer.writeField("fullDocument", lookup(entry));
          case WHEN_AVAILABLE -> writer.writeField("fullDocument", entry.images().after());
          case REQUIRED ->
              writer.writeField(
                  "fullDocument", required(entry.images().after(), entry, "post-image"));
          default -> {
            // an update says what changed, no more
          }
        }
      }
      default -> {
        // nothing to show
      }
    }
  }

  private Object lookup(OplogEntry entry) {
    return storage.lookup(entry.namespace(), entry.key().decode().get("_id")).orElse(null);
  }

  private void writeImageBefore(BsonWriter writer, OplogEntry entry) {
    boolean hasBefore = entry.type().isDocumentChange() && entry.type() != EventType.INSERT;
    if (spec.before() == ImageMode.OFF || !hasBefore) {
      return;
    }
    RawDocument before = entry.images().before();
    writer.writeField(
        "fullDocumentBeforeChange",
        spec.before() == ImageMode.REQUIRED ? required(before, entry, "pre-image") : before);
  }

  private RawDocument required(RawDocument image, OplogEntry entry, String name) {
    if (image == null) {
      throw new ServerError(
          47,
          "NoMatchingDocument",
          "Change stream was configured to require a "
              + name
              + " for all update events, but the "
              + name
              + " was not found for event: {_id: "
              + token(entry).document().toString(true)
              + ", operationType: \""
              + entry.type().streamName()
              + "\"}");
    }
    return image;
  }

  private void writeUpdateDescription(BsonWriter writer, RawDocument logged) {
    boolean shown = version.logsDeltas() && !spec.expanded();
    if (shown) {
      writer.writeField("updateDescription", logged);
      return;
    }
    Document description = logged.decode();
    if (!version.logsDeltas()) {
      description.remove("truncatedArrays");
    } else if (version.splitsLargeEvents()) {
      description.put("disambiguatedPaths", new Document());
    }
    writer.writeField("updateDescription", description);
  }

  private void writeExpandedFields(BsonWriter writer, OplogEntry entry) {
    if (entry.type().isDocumentChange()) {
      return;
    }
    Document what = entry.object().decode();
    Object before = what.remove("stateBeforeChange");
    if (!what.isEmpty()) {
      writer.writeField("operationDescription", what);
    }
    if (before != null) {
      writer.writeField("stateBeforeChange", before);
    }
    if (entry.type() == EventType.CREATE && version.namesCollectionTypes()) {
      writer.writeField("nsType", "collection");
    }
  }
}
