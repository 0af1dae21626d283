package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.EventFormat;
import dev.sluice.config.View;
import dev.sluice.message.GoldenShapes.Shape;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.jackson.JsonFormat;
import java.net.URI;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the CloudEvents SDK for Java makes of our messages. */
class CloudEventsFormatTest {
  private static final String PREFIX = "cloudEvents:";

  static Stream<Shape> structured() {
    return FormatShapes.of(EventFormat.CLOUDEVENTS).stream();
  }

  static Stream<Shape> binary() {
    return FormatShapes.of(EventFormat.CLOUDEVENTS_BINARY).stream();
  }

  @ParameterizedTest
  @MethodSource("structured")
  void isReadByTheSdkInStructuredMode(Shape shape) {
    Message message = shape.message();

    CloudEvent event = new JsonFormat().deserialize(message.body());

    assertThat(message.content().type()).isEqualTo(JsonFormat.CONTENT_TYPE);
    assertThat(event.getDataContentType()).isEqualTo("application/json");
    assertSame(event, message);
    assertThat(event.getData()).isNotNull();
  }

  @ParameterizedTest
  @MethodSource("binary")
  void isACloudEventInBinaryMode(Shape shape) {
    Message message = shape.message();
    Map<String, Object> headers = message.headers();
    assertThat(headers).containsEntry(PREFIX + "specversion", "1.0");

    CloudEventBuilder builder = CloudEventBuilder.v1();
    headers.forEach(
        (name, value) -> {
          if (name.startsWith(PREFIX) && !name.endsWith("specversion")) {
            builder.withContextAttribute(name.substring(PREFIX.length()), value.toString());
          }
        });
    CloudEvent event = builder.withData(message.content().type(), message.body()).build();

    assertThat(message.content()).isEqualTo(Message.Content.JSON);
    assertSame(event, message);
  }

  private static void assertSame(CloudEvent event, Message message) {
    assertThat(event.getId()).isEqualTo(message.messageId());
    assertThat(event.getType()).isEqualTo("dev.sluice." + message.type());
    assertThat(event.getTime().toEpochSecond()).isEqualTo(message.timestampSeconds());
    assertThat(event.getSubject()).isEqualTo(message.headers().get("id"));
    assertThat(event.getExtensionNames()).isEmpty();
  }

  @Test
  void namesItsSourceAsAPathWhateverTheNamesHold() {
    Message message = encode(EventBuilder.delete().in("shop", "a/b ü%"));

    CloudEvent event = new JsonFormat().deserialize(message.body());

    assertThat(event.getSource()).isEqualTo(URI.create("/scrabble-cdc/shop/a%2Fb%20%C3%BC%25"));
  }

  @Test
  void leavesASubjectOutThatCloudEventsDoesNotAllow() {
    for (String id : new String[] {"", "a\nb", "a\uFFFE", "x".repeat(1025)}) {
      CloudEvent event = new JsonFormat().deserialize(encode(EventBuilder.delete().id(id)).body());

      assertThat(event.getSubject()).isNull();
    }
  }

  private static Message encode(EventBuilder event) {
    return new EnvelopeEncoder(
            FormatShapes.settings(EventFormat.CLOUDEVENTS, View.NEW_IMAGE), 16 << 20)
        .encode(event.build());
  }
}
