package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import dev.sluice.message.Message.Destination;
import java.util.HashMap;
import java.util.Map;

/** A message as the client has it, in our words: all headers are texts. */
final class ReceivedMessage {
  private ReceivedMessage() {}

  /**
   * @param destination where it goes should it be published again
   */
  static Message of(
      Envelope envelope, AMQP.BasicProperties properties, byte[] body, Destination destination) {
    Map<String, Object> headers = new HashMap<>();
    if (properties.getHeaders() != null) {
      properties.getHeaders().forEach((key, value) -> headers.put(key, String.valueOf(value)));
    }
    return new Message(
        body,
        content(properties),
        String.valueOf(properties.getMessageId()),
        envelope.getRoutingKey(),
        String.valueOf(properties.getType()),
        properties.getTimestamp() == null ? 0 : properties.getTimestamp().getTime() / 1000,
        headers,
        destination);
  }

  private static Content content(AMQP.BasicProperties properties) {
    String type = properties.getContentType();
    String encoding = properties.getContentEncoding();
    return new Content(type == null ? Content.JSON.type() : type, encoding == null ? "" : encoding);
  }
}
