package dev.sluice.message;

import dev.sluice.change.ChangeEvent;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.json.Utf8Buffer;

/**
 * The change event's own BSON, as MongoDB sent it and as far as its fields may leave. A read of a
 * snapshot has the same form. A gap, the end of a transaction and what is told of a snapshot are no
 * events of MongoDB's and are written as the envelope.
 */
final class BsonFormat implements MessageFormat {
  private final Utf8Buffer out;
  private final MessageFormat ofOthers;

  BsonFormat(EnvelopeSettings settings, Utf8Buffer out) {
    this.out = out;
    this.ofOthers = new EnvelopeFormat(settings, out);
  }

  @Override
  public void write(DocumentChange change) {
    write(change.event());
  }

  @Override
  public void write(CollectionChange change) {
    if (change.change() instanceof ChangeEvent event) {
      write(event);
    } else {
      ofOthers.write(change);
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
    return change.change() instanceof ChangeEvent ? Message.Content.BSON : Message.Content.JSON;
  }
}
