package dev.sluice.message;

import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.json.Utf8Buffer;

/** The document's own fields at the top, as those who know the original tutorial expect them. */
final class DocumentFormat implements MessageFormat {
  /** Beside the id these too are ours, whatever the document has there. */
  private static final byte[][] OUR_FIELDS = {
    Utf8Buffer.ascii("type\0"), Utf8Buffer.ascii("entry_id\0"), Utf8Buffer.ascii("metadata\0")
  };

  private final EnvelopeParts parts;
  private final Utf8Buffer out;

  DocumentFormat(EnvelopeSettings settings, Utf8Buffer out) {
    this.parts = new EnvelopeParts(settings, out);
    this.out = out;
  }

  @Override
  public void write(DocumentChange change) {
    out.appendAscii("{\"_id\": ");
    out.appendJsonString(change.id().text());
    if (change.hasDocument()) {
      parts.fields(change.event(), Field.FULL_DOCUMENT, OUR_FIELDS);
    }
    out.appendAscii(", \"type\": ");
    out.appendJsonString(change.origin().namespace().collection());
    out.appendAscii(", \"entry_id\": ");
    out.appendJsonString(change.id().text());
    out.appendAscii(", \"metadata\": {");
    parts.metadata(change);
    parts.what(change);
    parts.documentKey(change);
    if (change.lacksDocument()) {
      out.appendAscii(", \"document\": null");
    }
    parts.before(change);
    out.appendAscii("}}");
  }

  @Override
  public void write(CollectionChange change) {
    out.appendAscii("{\"_id\": null, \"type\": ");
    Origin.writeName(change.collection(), out);
    out.appendAscii(", \"entry_id\": null, \"metadata\": {");
    parts.metadata(change);
    out.appendAscii(", ");
    parts.what(change);
    out.appendAscii("}}");
  }
}
