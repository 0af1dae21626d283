package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import dev.sluice.message.Message;
import java.util.Date;

/** A message as the client wants it. */
final class SentMessage {
  private static final int PERSISTENT = 2;

  private SentMessage() {}

  static AMQP.BasicProperties properties(Message message) {
    AMQP.BasicProperties.Builder properties =
        new AMQP.BasicProperties.Builder()
            .contentType(message.content().type())
            .deliveryMode(PERSISTENT)
            .messageId(message.messageId())
            .timestamp(new Date(message.timestampSeconds() * 1000))
            .type(message.type())
            .appId(Message.APP_ID)
            .headers(message.headers())
            .priority(message.destination().priority().orElse(null))
            .expiration(message.destination().expiration().orElse(null));
    if (!message.content().encoding().isEmpty()) {
      properties.contentEncoding(message.content().encoding());
    }
    return properties.build();
  }
}
