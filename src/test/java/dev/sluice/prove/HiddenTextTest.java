package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.impl.LongStringHelper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HiddenTextTest {
  private final HiddenText hidden = new HiddenText("sesame", "a key of sixteen bytes");

  private static Delivery delivery(byte[] body, String routingKey, Map<String, Object> headers) {
    return new Delivery(
        new Envelope(1, false, "exchange", routingKey),
        new AMQP.BasicProperties.Builder().headers(headers).messageId("id").build(),
        body);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void isFoundInTheBodyWhateverItsFormIs() {
    byte[] binary = bytes("\0\1_sesame-7\0ü");

    assertThat(hidden.in(delivery(binary, "key", Map.of()))).containsExactly("the body");
  }

  @Test
  void isFoundInTheRoutingKeyAndInHeaders() {
    Map<String, Object> headers =
        Map.of("parkedError", LongStringHelper.asLongString("not sesame-1 but"));

    assertThat(hidden.in(delivery(bytes("{}"), "a.sesame-1.b", headers)))
        .containsExactly("the routing key", "the headers");
    assertThat(hidden.in(delivery(bytes("{}"), "a", Map.of("x", List.of("sesame")))))
        .containsExactly("the headers");
  }

  @Test
  void isNotFoundWhereItIsNot() {
    assertThat(hidden.in(delivery(bytes("{\"a\": \"open\"}"), "key", Map.of()))).isEmpty();
  }

  @Test
  void eachValueHasTheWordInIt() {
    assertThat(hidden.isIn(hidden.value(new Random(1)))).isTrue();
    assertThat(hidden.isIn(hidden.digest("sesame-1"))).isFalse();
  }
}
