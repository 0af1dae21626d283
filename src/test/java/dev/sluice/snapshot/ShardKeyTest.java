package dev.sluice.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Namespace;
import dev.sluice.change.Position;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The expected keys are as the server's sources make them of these documents. */
class ShardKeyTest {
  private static final String DOCUMENT =
      "{\"n\": {\"$numberLong\": \"7\"}, \"_id\": 1, \"a\": {\"b\": [\"x\"], \"ü\": \"y\"}, \"t\": \"z\"}";

  private static byte[] bytes(String json) {
    ByteBuffer buffer = RawBsonDocument.parse(json).getByteBuffer().asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static BsonDocument documentKey(String... paths) {
    byte[] bytes = bytes(DOCUMENT);
    return new RawBsonDocument(
        new ShardKey(List.of(paths)).documentKey(bytes, 0, Key.of(bytes, 0)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "t | {\"t\": \"z\", \"_id\": 1}",
        "t,n | {\"t\": \"z\", \"n\": {\"$numberLong\": \"7\"}, \"_id\": 1}",
        "_id,t | {\"_id\": 1, \"t\": \"z\"}",
        "a.ü | {\"a.ü\": \"y\", \"_id\": 1}",
        "a.b,t.x,none | {\"a.b\": [\"x\"], \"_id\": 1}"
      })
  void aReadHasTheFieldsOfTheShardKeyInItsOrderAndTheIdBehindThem(String paths, String key) {
    RawBsonDocument made = (RawBsonDocument) documentKey(paths.split(","));

    assertThat(made.toJson()).isEqualTo(BsonDocument.parse(key).toJson());
  }

  @Test
  void withoutAShardKeyItIsTheIdAlone() {
    assertThat(documentKey()).isEqualTo(BsonDocument.parse("{\"_id\": 1}"));
  }

  @Test
  void theEventOfAReadHasIt() {
    byte[] bytes = bytes(DOCUMENT);
    ChunkRequest request =
        new ChunkRequest(KeyRange.of(new Namespace("shop", "orders")), 7, 10, "");
    Chunk chunk = new Chunk(request, bytes, new int[] {0}, 7, 7, new ShardKey(List.of("t")));
    ChangeEvent event =
        new ReadEvents("s", chunk, false, Clock.systemUTC())
            .event(
                bytes,
                0,
                chunk.key(0),
                new Position.WithSnapshot(
                    new Position.At(new BsonTimestamp(7)), Position.NO_SNAPSHOT));

    int at = event.offset(ChangeEvent.Field.DOCUMENT_KEY);
    assertThat(new RawBsonDocument(event.bytes(), at, event.bytes().length - at - 1))
        .isEqualTo(BsonDocument.parse("{\"t\": \"z\", \"_id\": 1}"));
  }
}
