package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import dev.sluice.change.ChangeEvent;
import dev.sluice.config.Compression;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import dev.sluice.config.Scope;
import dev.sluice.config.View;
import dev.sluice.message.EnvelopeEncoder;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import dev.sluice.message.Message.Destination;
import dev.sluice.message.SampleEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * The frame of a message's properties says what the client's own does: the same bytes but for the
 * order of headers, which the client does not keep.
 */
class SentPropertiesTest {
  private static final int CHANNEL = 513;
  private static final long BODY_SIZE = 0x1_2345_6789L;

  /** Type, channel, size. */
  private static final int FRAME_HEADER_BYTES = 1 + 2 + 4;

  @Test
  void writesThoseOfAnEventAsTheClientDoes() throws IOException {
    byte[] event = SampleEvent.bytes();
    EnvelopeEncoder encoder =
        new EnvelopeEncoder(
            new EnvelopeSettings(
                "test",
                Scope.of("scrabble", "scrabble"),
                View.NEW_IMAGE,
                EventFormat.ENVELOPE,
                JsonMode.RELAXED,
                Long.MAX_VALUE),
            1 << 20);
    Message message = encoder.encode(new ChangeEvent(event, 0, event.length, 0));

    assertThat(message.headers()).hasSize(7);
    requireTheClients(message);
  }

  @Test
  void writesWhateverAMessageMayHave() throws IOException {
    requireTheClients(message(Map.of(), Content.JSON, Destination.EXCHANGE));
    requireTheClients(message(Map.of("ort", "Zürich"), Content.JSON, Destination.PARKING));
    requireTheClients(
        message(
            Map.of("ort", "Zürich 🏔", "long", "ä".repeat(700), "empty", ""),
            Content.JSON.in(Compression.GZIP),
            new Destination(false, Optional.of("x"), Optional.of(255), Optional.of("60000"))));
  }

  @Test
  void leavesHeadersThatAreNoTextsToTheClient() throws IOException {
    requireTheClients(
        message(
            Map.of("replaced", true, "count", 7L, "text", "a"), Content.BSON, Destination.PARKING));
  }

  @Test
  void refusesATextThatAmqpCannotHold() {
    assertThatThrownBy(
            () ->
                SentProperties.of(
                        message(Map.of("n".repeat(256), "v"), Content.JSON, Destination.EXCHANGE))
                    .toFrame(CHANNEL, BODY_SIZE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("256 bytes");
  }

  private static Message message(
      Map<String, Object> headers, Content content, Destination destination) {
    return new Message(
        new byte[0], content, "0a1b", "key", "insert", 1_795_000_000, headers, destination);
  }

  private static void requireTheClients(Message message) throws IOException {
    AMQP.BasicProperties ours = SentProperties.of(message);
    // What has no frame of its own is what the client would make of the same properties.
    AMQP.BasicProperties theirs = ours.builder().build();

    assertThat(theirs).isExactlyInstanceOf(AMQP.BasicProperties.class);
    assertThat(theirs.toString()).isEqualTo(ours.toString());
    assertThat(ours.getHeaders()).isEqualTo(message.headers());
    assertThat(frame(ours)).hasSameSizeAs(frame(theirs));
    assertThat(read(frame(ours))).hasToString(theirs.toString());
    if (message.headers().size() <= 1) {
      assertThat(frame(ours)).isEqualTo(frame(theirs));
    }
  }

  private static byte[] frame(AMQP.BasicProperties properties) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    properties.toFrame(CHANNEL, BODY_SIZE).writeTo(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static AMQP.BasicProperties read(byte[] frame) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(frame));
    in.skipBytes(FRAME_HEADER_BYTES + Short.BYTES);
    AMQP.BasicProperties read = new AMQP.BasicProperties(in);
    assertThat(in.readUnsignedByte()).isEqualTo(AMQP.FRAME_END);
    return read;
  }
}
