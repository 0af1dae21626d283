package dev.sluice.message;

import dev.sluice.config.EnvelopeSettings;
import dev.sluice.json.Utf8Buffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A CloudEvent in binary mode: its attributes as headers, and the envelope as the body (AMQP
 * Protocol Binding for CloudEvents, 3.1; the content type is the message's own).
 */
final class CloudEventsBinaryFormat implements MessageFormat {
  static final String PREFIX = "cloudEvents:";

  private final CloudEventAttributes attributes;
  private final MessageFormat data;

  CloudEventsBinaryFormat(EnvelopeSettings settings, Utf8Buffer out) {
    this.attributes = new CloudEventAttributes(settings.pipeline());
    this.data = new EnvelopeFormat(settings, out);
  }

  @Override
  public void write(DocumentChange change) {
    data.write(change);
  }

  @Override
  public void write(CollectionChange change) {
    data.write(change);
  }

  @Override
  public Map<String, Object> headers(DocumentChange change) {
    return prefixed(attributes.of(change));
  }

  @Override
  public Map<String, Object> headers(CollectionChange change) {
    return prefixed(attributes.of(change));
  }

  private static Map<String, Object> prefixed(Map<String, String> all) {
    Map<String, Object> headers = new HashMap<>();
    all.forEach((name, value) -> headers.put(PREFIX + name, value));
    return headers;
  }
}
