package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoClientSettings;
import java.util.Arrays;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.codecs.configuration.CodecRegistry;
import org.junit.jupiter.api.Test;

/** Events are taken over from the driver byte by byte. */
class RawEventCodecTest {
  private static final BsonDocument EVENT =
      new BsonDocument("_id", new BsonDocument("_data", new BsonString("82")))
          .append("operationType", new BsonString("insert"))
          .append("fullDocument", new BsonDocument("ö", new BsonInt32(1)));

  private final CodecRegistry registry =
      RawEventCodec.in(MongoClientSettings.getDefaultCodecRegistry());

  @Test
  void anEventHasItsOwnBytesAndNoMore() {
    byte[] event = bytes(EVENT);

    RawEvent taken = new RawBsonDocument(event).decode(registry.get(RawEvent.class));

    assertThat(taken.bytes()).isEqualTo(event).isNotSameAs(event);
  }

  @Test
  void anEventInTheMiddleOfAReplyIsTakenOutOfIt() {
    byte[] event = bytes(EVENT);
    byte[] reply = new byte[event.length + 20];
    Arrays.fill(reply, (byte) 7);
    System.arraycopy(event, 0, reply, 11, event.length);

    RawEvent taken =
        new RawBsonDocument(reply, 11, event.length).decode(registry.get(RawEvent.class));

    assertThat(taken.bytes()).isEqualTo(event);
  }

  @Test
  void otherCodecsStayAsTheyWere() {
    assertThat(registry.get(BsonDocument.class)).isInstanceOf(BsonDocumentCodec.class);
  }

  private static byte[] bytes(BsonDocument document) {
    RawBsonDocument raw = new RawBsonDocument(document, new BsonDocumentCodec());
    byte[] bytes = new byte[raw.getByteBuffer().remaining()];
    raw.getByteBuffer().get(bytes);
    return bytes;
  }
}
