package dev.sluice.message;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Gap;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.json.Utf8Buffer;

/**
 * The change event's own BSON, as MongoDB sent it and as far as its fields may leave. A gap is no
 * event of MongoDB's and is written as the envelope.
 */
final class BsonFormat implements MessageFormat {
  private final Utf8Buffer out;
  private final MessageFormat ofGaps;

  BsonFormat(EnvelopeSettings settings, Utf8Buffer out) {
    this.out = out;
    this.ofGaps = new EnvelopeFormat(settings, out);
  }

  @Override
  public void write(DocumentChange change) {
    write(change.event());
  }

  @Override
  public void write(CollectionChange change) {
    if (change.change() instanceof Gap) {
      ofGaps.write(change);
    } else {
      write((ChangeEvent) change.change());
    }
  }

  private void write(ChangeEvent event) {
    out.appendInPieces(event.bytes(), event.start(), event.sizeBytes());
  }

  @Override
  public Message.Content content(DocumentChange change) {
    return Message.Content.BSON;
  }

  @Override
  public Message.Content content(CollectionChange change) {
    return change.change() instanceof Gap ? Message.Content.JSON : Message.Content.BSON;
  }
}
