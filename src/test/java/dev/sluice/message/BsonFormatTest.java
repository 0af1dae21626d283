package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Gap;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import dev.sluice.config.Scope;
import dev.sluice.config.View;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;

class BsonFormatTest {
  private static final int MAX_BYTES = 1 << 20;

  @Test
  void isTheEventAsMongoDbSentIt() {
    EventBuilder event = EventBuilder.insert().document("{\"word\": \"QUIZ\"}");

    Message message = encode(event.build(), Long.MAX_VALUE);

    assertThat(message.body()).isEqualTo(event.bytes());
    assertThat(message.content()).isEqualTo(Message.Content.BSON);
    assertThat(new RawBsonDocument(message.body()).getDocument("fullDocument"))
        .containsEntry("word", new org.bson.BsonString("QUIZ"));
    assertThat(message.headers()).containsEntry("operation", "insert").containsKey("id");
  }

  @Test
  void takesTheEventOutOfTheReplyItCameIn() {
    byte[] bytes = EventBuilder.delete().bytes();
    byte[] reply = new byte[bytes.length + 20];
    System.arraycopy(bytes, 0, reply, 7, bytes.length);

    Message message =
        encode(new ChangeEvent(reply, 7, bytes.length, EventBuilder.CAPTURED_AT), Long.MAX_VALUE);

    assertThat(message.body()).isEqualTo(bytes);
  }

  @Test
  void isCompressedAsTheOthersAre() throws IOException {
    EventBuilder event =
        EventBuilder.insert().document("{\"text\": \"" + "QUIZ".repeat(1_000_000) + "\"}");

    Message message = encode(event.build(), 1000);

    assertThat(message.content()).isEqualTo(new Message.Content("application/bson", "gzip"));
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(message.body()))) {
      assertThat(in.readAllBytes()).isEqualTo(event.bytes());
    }
  }

  @Test
  void tellsOfAGapInJson() {
    Gap gap =
        new Gap(Optional.empty(), new BsonTimestamp(1_795_136_523, 1), "The token is damaged");

    Message message = encode(gap, Long.MAX_VALUE);

    assertThat(message.content()).isEqualTo(Message.Content.JSON);
    assertThat(encode(EventBuilder.ofCollection("drop").build(), Long.MAX_VALUE).content())
        .isEqualTo(Message.Content.BSON);
  }

  private static Message encode(Change change, long gzipAbove) {
    EnvelopeSettings settings =
        new EnvelopeSettings(
            "scrabble-cdc",
            Scope.of("scrabble", "scrabble"),
            View.NEW_IMAGE,
            EventFormat.BSON,
            JsonMode.RELAXED,
            gzipAbove);
    return new EnvelopeEncoder(settings, MAX_BYTES).encode(change);
  }
}
