package dev.sluice.message;

import dev.sluice.change.BsonBytes;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.Commit;
import dev.sluice.change.Gap;
import dev.sluice.change.Namespace;
import dev.sluice.change.Operation;
import dev.sluice.change.SnapshotNotice;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.View;
import dev.sluice.json.BsonJsonWriter;
import dev.sluice.json.Utf8Buffer;
import java.util.Arrays;

/** What the envelope and the document format say in the same words, each in its own place. */
final class EnvelopeParts {
  private static final byte[] ID = Utf8Buffer.ascii("_id\0");

  private final Utf8Buffer out;
  private final BsonJsonWriter json;
  private final MetadataWriter metadata;

  EnvelopeParts(EnvelopeSettings settings, Utf8Buffer out) {
    this.out = out;
    this.json = new BsonJsonWriter(settings.json());
    this.metadata = new MetadataWriter(settings.pipeline(), out);
  }

  /** The operation and where it was done, behind another field. */
  void what(DocumentChange change) {
    out.appendAscii(", \"operation\": \"");
    out.appendAscii(change.operation().text());
    out.appendAscii("\", ");
    out.append(change.origin().names());
  }

  /** Only of a sharded collection it has more than the {@code _id}, which is written as always. */
  void documentKey(DocumentChange change) {
    if (!hasMoreThanId(change.event())) {
      return;
    }
    out.appendAscii(", \"documentKey\": {\"_id\": ");
    out.appendJsonString(change.id().text());
    fields(change.event(), Field.DOCUMENT_KEY);
    out.append('}');
  }

  private static boolean hasMoreThanId(ChangeEvent event) {
    byte[] bytes = event.bytes();
    int key = event.offset(Field.DOCUMENT_KEY);
    int end = BsonBytes.documentEnd(bytes, key, bytes.length) - 1;
    int first = key + Integer.BYTES;
    int value = BsonBytes.cStringEnd(bytes, first + 1, end) + 1;
    return BsonBytes.skipValue(bytes[first], bytes, value, end) < end;
  }

  /** The document, its id as the event's. */
  void image(DocumentChange change, Field image) {
    out.appendAscii("{\"_id\": ");
    out.appendJsonString(change.id().text());
    fields(change.event(), image);
    out.append('}');
  }

  /** The document before the change behind another field, if the view has it. */
  void before(DocumentChange change) {
    if (!change.hasBefore()) {
      return;
    }
    out.appendAscii(", \"before\": ");
    if (change.keepsBefore()) {
      image(change, Field.BEFORE);
    } else {
      out.appendAscii("null");
    }
  }

  /** All fields of a document but its id and those, each with a comma before it. */
  void fields(ChangeEvent event, Field image, byte[]... others) {
    fields(json, event.bytes(), event.offset(image), out, others);
  }

  /**
   * All fields of a document but its id and those, each with a comma before it.
   *
   * @param others their names, each with the zero that ends it
   */
  static void fields(
      BsonJsonWriter json, byte[] bytes, int document, Utf8Buffer out, byte[]... others) {
    int end = BsonBytes.documentEnd(bytes, document, bytes.length) - 1;
    int at = document + Integer.BYTES;
    while (at < end) {
      if (isName(ID, bytes, at + 1, end) || isOneOf(others, bytes, at + 1, end)) {
        int value = BsonBytes.cStringEnd(bytes, at + 1, end) + 1;
        at = BsonBytes.skipValue(bytes[at], bytes, value, end);
      } else {
        at = json.writeFurtherField(bytes, at, end, out);
      }
    }
  }

  private static boolean isOneOf(byte[][] fields, byte[] bytes, int name, int limit) {
    for (byte[] field : fields) {
      if (isName(field, bytes, name, limit)) {
        return true;
      }
    }
    return false;
  }

  /**
   * @param field the name with the zero that ends it
   */
  private static boolean isName(byte[] field, byte[] bytes, int name, int limit) {
    return bytes[name] == field[0]
        && limit - name >= field.length
        && Arrays.equals(field, 0, field.length, bytes, name, name + field.length);
  }

  /** What an update changed. */
  void update(ChangeEvent event) {
    int description = event.offset(Field.UPDATE_DESCRIPTION);
    out.appendAscii(", \"update\": {\"updatedFields\": ");
    valueOr(event, description, "updatedFields", BsonBytes.DOCUMENT, "{}");
    out.appendAscii(", \"removedFields\": ");
    valueOr(event, description, "removedFields", BsonBytes.ARRAY, "[]");
    out.appendAscii(", \"truncatedArrays\": ");
    valueOr(event, description, "truncatedArrays", BsonBytes.ARRAY, "[]");
    out.append('}');
  }

  private void valueOr(ChangeEvent event, int document, String key, byte type, String otherwise) {
    int value = event.find(document, key, type);
    if (value < 0) {
      out.appendAscii(otherwise);
    } else {
      json.writeValue(type, event.bytes(), value, out);
    }
  }

  /** The fields of {@code metadata}, without what is around them. */
  void metadata(DocumentChange change) {
    ChangeEvent event = change.event();
    metadata.begin(change.eventId());
    metadata.idType(change.id().type());
    metadata.times(event);
    if (change.view() != View.NEW_IMAGE) {
      out.appendAscii(", \"view\": \"");
      out.appendAscii(change.view().name());
      out.append('"');
    }
    metadata.position(change.position());
    if (event.operation() != Operation.DELETE && event.has(Field.FULL_DOCUMENT)) {
      out.appendAscii(", \"documentSource\": \"");
      out.appendAscii(event.documentSource().text());
      out.append('"');
    }
    if (event.operation() == Operation.READ) {
      out.appendAscii(", \"snapshot\": ");
      out.appendJsonString(event.snapshot());
    }
    if (change.hasBefore()) {
      out.appendAscii(
          change.keepsBefore()
              ? ", \"beforeSource\": \"pre_image\""
              : ", \"beforeSource\": \"expired\"");
    }
    if (event.has(Field.TRANSACTION_NUMBER)) {
      metadata.transaction(event);
    }
    metadata.end();
  }

  /** The fields of {@code metadata} of what concerns a collection. */
  void metadata(CollectionChange change) {
    metadata.begin(change.eventId());
    if (change.change() instanceof ChangeEvent event) {
      metadata.times(event);
    } else {
      metadata.clusterTime(change.clusterTime());
    }
    metadata.position(change.position());
    if (change.change() instanceof Commit commit) {
      metadata.transaction(commit.transaction());
    }
    metadata.end();
  }

  /** The operation, where it was done, and what it was. */
  void what(CollectionChange change) {
    out.appendAscii("\"operation\": \"");
    out.appendAscii(change.operation());
    out.appendAscii("\", ");
    Origin.writeNames(change.database(), change.collection(), out);
    if (change.change() instanceof Gap gap) {
      gap(gap);
      return;
    }
    if (change.change() instanceof SnapshotNotice notice) {
      out.appendAscii(", \"document\": null, \"snapshot\": ");
      SnapshotText.write(notice, out);
      return;
    }
    if (change.change() instanceof Commit commit) {
      counts(commit);
      return;
    }
    ChangeEvent event = (ChangeEvent) change.change();
    if (event.operation() == Operation.RENAME) {
      names("to", CollectionChange.newName(event));
      if (change.replaced()) {
        names("from", event.namespace());
      }
    } else if (event.has(Field.OPERATION_DESCRIPTION)) {
      out.appendAscii(", \"operationDescription\": ");
      json.writeDocument(event.bytes(), event.offset(Field.OPERATION_DESCRIPTION), out);
    }
  }

  private void names(String key, Namespace namespace) {
    out.appendAscii(", \"");
    out.appendAscii(key);
    out.appendAscii("\": {");
    Origin.writeNames(namespace.database(), namespace.collection(), out);
    out.append('}');
  }

  private void counts(Commit commit) {
    out.appendAscii(", \"document\": null, \"events\": ");
    out.appendDecimal(commit.events());
    out.appendAscii(", \"collections\": ");
    String before = "[{";
    for (Commit.Count count : commit.counts()) {
      out.appendAscii(before);
      Origin.writeNames(count.namespace().database(), count.namespace().collection(), out);
      out.appendAscii(", \"events\": ");
      out.appendDecimal(count.events());
      before = "}, {";
    }
    out.appendAscii("}]");
  }

  private void gap(Gap gap) {
    out.appendAscii(", \"gap\": {\"from\": ");
    if (gap.from().isPresent()) {
      metadata.quotedSeconds(gap.from().get().getTime());
    } else {
      out.appendAscii("null");
    }
    out.appendAscii(", \"to\": ");
    metadata.quotedSeconds(gap.to().getTime());
    out.appendAscii(", \"reason\": ");
    out.appendJsonString(gap.reason());
    out.append('}');
  }
}
