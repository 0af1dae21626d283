package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import dev.sluice.message.Message.Destination;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/** A message as the client has it, in our words: all headers are texts. */
final class ReceivedMessage {
  /** RabbitMQ gives each message of a stream its offset, and those of a queue none. */
  private ReceivedMessage() {}

  /**
   * @param destination where it goes should it be published again
   */
  static Message of(
      Envelope envelope, AMQP.BasicProperties properties, byte[] body, Destination destination) {
    Map<String, Object> headers = new HashMap<>();
    if (properties.getHeaders() != null) {
      properties.getHeaders().forEach((key, value) -> headers.put(key, String.valueOf(value)));
      // Of the place where it lay: it would be wrong in any other.
      headers.remove(StreamOffset.ARGUMENT);
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

  /** The place of a message that came out of a stream; empty for one that came out of a queue. */
  static OptionalLong offset(AMQP.BasicProperties properties) {
    Object offset =
        properties.getHeaders() == null ? null : properties.getHeaders().get(StreamOffset.ARGUMENT);
    return offset instanceof Number number
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  private static Content content(AMQP.BasicProperties properties) {
    String type = properties.getContentType();
    String encoding = properties.getContentEncoding();
    return new Content(type == null ? Content.JSON.type() : type, encoding == null ? "" : encoding);
  }
}
