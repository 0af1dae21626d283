package dev.sluice.message;

import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.json.Utf8Buffer;

/** The document, the update and the metadata, each under a key of its own. */
final class EnvelopeFormat implements MessageFormat {
  private final EnvelopeParts parts;
  private final Utf8Buffer out;

  EnvelopeFormat(EnvelopeSettings settings, Utf8Buffer out) {
    this.parts = new EnvelopeParts(settings, out);
    this.out = out;
  }

  @Override
  public void write(DocumentChange change) {
    out.appendAscii("{\"_id\": ");
    out.appendJsonString(change.id().text());
    parts.what(change);
    parts.documentKey(change);
    if (change.hasDocument()) {
      out.appendAscii(", \"document\": ");
      parts.image(change, Field.FULL_DOCUMENT);
    } else if (change.lacksDocument()) {
      out.appendAscii(", \"document\": null");
    }
    parts.before(change);
    if (change.event().has(Field.UPDATE_DESCRIPTION)) {
      parts.update(change.event());
    }
    out.appendAscii(", \"metadata\": {");
    parts.metadata(change);
    out.appendAscii("}}");
  }

  @Override
  public void write(CollectionChange change) {
    out.appendAscii("{\"_id\": null, ");
    parts.what(change);
    out.appendAscii(", \"metadata\": {");
    parts.metadata(change);
    out.appendAscii("}}");
  }
}
