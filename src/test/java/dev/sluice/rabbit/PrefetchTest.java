package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Envelope;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Destination;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrefetchTest {
  private final Prefetch prefetch = new Prefetch(2_000, 1_000);

  @Test
  void staysWhereMessagesAreSmall() {
    assertThat(prefetch.lowers(2_000, 1_000)).isFalse();
    assertThat(prefetch.messages()).isEqualTo(2_000);
  }

  @Test
  void isHalfOfTheMessagesThatWereTooMuch() {
    assertThat(prefetch.lowers(10, 1_001)).isTrue();
    assertThat(prefetch.messages()).isEqualTo(5);
  }

  /** Somebody else's message may have more there than in its body. */
  @Test
  void theHeadersCountToo() {
    AMQP.BasicProperties properties =
        new AMQP.BasicProperties.Builder().headers(Map.of("a", "x".repeat(100), "b", 7)).build();
    Message message =
        ReceivedMessage.of(
            new Envelope(1, false, "", "queue"), properties, new byte[20], Destination.EXCHANGE);

    assertThat(Prefetch.bytes(message)).isEqualTo(121);
  }

  @Test
  void oneMessageIsAlwaysTaken() {
    assertThat(prefetch.lowers(2, 5_000)).isTrue();
    assertThat(prefetch.messages()).isEqualTo(1);
    assertThat(prefetch.lowers(1, 5_000)).isFalse();
  }
}
