package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.bson.BsonArray;
import org.bson.BsonBinary;
import org.bson.BsonBinarySubType;
import org.bson.BsonDateTime;
import org.bson.BsonDbPointer;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonJavaScript;
import org.bson.BsonJavaScriptWithScope;
import org.bson.BsonMaxKey;
import org.bson.BsonMinKey;
import org.bson.BsonNull;
import org.bson.BsonObjectId;
import org.bson.BsonRegularExpression;
import org.bson.BsonString;
import org.bson.BsonSymbol;
import org.bson.BsonTimestamp;
import org.bson.BsonUndefined;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;

class BsonRoundTripTest {

  private static byte[] bytes(BsonDocument document) {
    ByteBuffer buffer =
        new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  @Test
  void everyTypeComesOutAsItWentIn() {
    List<BsonValue> values =
        List.of(
            new BsonDouble(Double.NaN),
            new BsonDouble(-0.0),
            new BsonString("ümläut \0 😀"),
            new BsonDocument("a", new BsonDocument()),
            new BsonArray(List.of(new BsonInt32(1), new BsonArray())),
            new BsonBinary(BsonBinarySubType.BINARY, new byte[] {1, 2}),
            new BsonBinary(BsonBinarySubType.MD5, new byte[16]),
            new BsonBinary((byte) 0x80, new byte[] {3}),
            new BsonBinary(UUID.randomUUID()),
            new BsonBinary(UUID.randomUUID(), org.bson.UuidRepresentation.JAVA_LEGACY),
            new BsonUndefined(),
            new BsonObjectId(new ObjectId()),
            new BsonDateTime(Long.MIN_VALUE / 1_000_000),
            new BsonNull(),
            new BsonRegularExpression("^a", "im"),
            new BsonDbPointer("db.c", new ObjectId()),
            new BsonJavaScript("f()"),
            new BsonSymbol("s"),
            new BsonJavaScriptWithScope("f()", new BsonDocument("x", new BsonInt32(1))),
            new BsonInt32(Integer.MIN_VALUE),
            new BsonTimestamp(-1, -1),
            new BsonInt64(Long.MIN_VALUE),
            new BsonDecimal128(Decimal128.parse("1.50")),
            new BsonMinKey(),
            new BsonMaxKey());
    BsonDocument document = new BsonDocument();
    values.forEach(value -> document.append(value.getBsonType().name() + document.size(), value));

    byte[] written = BsonWriter.bytesOf(BsonReader.document(bytes(document)));

    assertThat(written).isEqualTo(bytes(document));
  }

  @Test
  void twoHundredLevelsAreReadAndEndlessOnesAreNot() {
    assertThat(BsonReader.document(bytes(nested(200)))).isNotEmpty();
    assertThatThrownBy(() -> BsonReader.document(bytes(nested(400))))
        .isInstanceOf(MalformedBsonException.class);
  }

  private static BsonDocument nested(int levels) {
    BsonDocument document = new BsonDocument();
    for (int i = 0; i < levels; i++) {
      document = new BsonDocument("d", document);
    }
    return document;
  }

  /** Whatever bytes come, the reader ends with a document or its own exception, and soon. */
  @Test
  void damagedBytesAreRefusedAndNothingElse() {
    byte[] whole =
        bytes(
            BsonDocument.parse(
                "{a: 'text', b: [1, {c: {$binary: {base64: 'AQI=', subType: '05'}}}], d: 1.5}"));
    Random random = new Random(42);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = Arrays.copyOf(whole, whole.length - random.nextInt(3));
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      try {
        BsonReader.document(damaged);
      } catch (MalformedBsonException expected) {
        assertThat(expected).hasMessageMatching(".+");
      }
    }
  }
}
