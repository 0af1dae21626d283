package dev.sluice.message;

import dev.sluice.config.EnvelopeSettings;
import dev.sluice.json.Utf8Buffer;
import java.util.Map;

/** A CloudEvent in structured mode: its attributes in the body, and the envelope as its data. */
final class CloudEventsFormat implements MessageFormat {
  private static final Message.Content CLOUD_EVENT =
      new Message.Content("application/cloudevents+json", "");

  private final Utf8Buffer out;
  private final CloudEventAttributes attributes;
  private final MessageFormat data;

  CloudEventsFormat(EnvelopeSettings settings, Utf8Buffer out) {
    this.out = out;
    this.attributes = new CloudEventAttributes(settings.pipeline());
    this.data = new EnvelopeFormat(settings, out);
  }

  @Override
  public void write(DocumentChange change) {
    write(attributes.of(change));
    data.write(change);
    out.append('}');
  }

  @Override
  public void write(CollectionChange change) {
    write(attributes.of(change));
    data.write(change);
    out.append('}');
  }

  private void write(Map<String, String> all) {
    char before = '{';
    for (Map.Entry<String, String> attribute : all.entrySet()) {
      out.append(before);
      if (before == ',') {
        out.append(' ');
      }
      out.appendJsonString(attribute.getKey());
      out.appendAscii(": ");
      out.appendJsonString(attribute.getValue());
      before = ',';
    }
    out.appendAscii(", \"datacontenttype\": \"application/json\", \"data\": ");
  }

  @Override
  public Message.Content content(DocumentChange change) {
    return CLOUD_EVENT;
  }

  @Override
  public Message.Content content(CollectionChange change) {
    return CLOUD_EVENT;
  }
}
