package dev.sluice.message;

import static dev.sluice.json.BsonPieces.bytes;
import static dev.sluice.json.BsonPieces.concat;
import static dev.sluice.json.BsonPieces.field;
import static dev.sluice.json.BsonPieces.float64;
import static dev.sluice.json.BsonPieces.int32;
import static dev.sluice.json.BsonPieces.int64;
import static dev.sluice.json.BsonPieces.regex;
import static dev.sluice.json.BsonPieces.string;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.BsonBytes;
import dev.sluice.json.BsonPieces;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.bson.types.Decimal128;
import org.junit.jupiter.api.Test;

class DocumentIdTest {
  private static final long SEED = Long.getLong("sluice.fuzz.seed", System.nanoTime());
  private static final int IDS = 300_000;

  /** Few values that look alike, so that ids which could be taken for one another are frequent. */
  private static final byte[][] TEXTS = {
    string(""),
    string("1"),
    string("a"),
    string("\ufffd"),
    string(bytes(0xff)),
    string(bytes(0xfe)),
    string(bytes(0xed, 0xa0, 0x80)),
    string(bytes(0xed, 0xb0, 0x80)),
    string("000000000000000000000001"),
    string("{\"$numberInt\": \"1\"}"),
    string("{\"a\": {\"$numberInt\": \"1\"}}"),
    string("null"),
    string("1970-01-01T00:00:00Z"),
    string("020000006100")
  };

  private static final byte[][] NAMES = {
    name("a"),
    name("0"),
    name(""),
    name("$oid"),
    name("$numberInt"),
    name("$numberLong"),
    name("$symbol"),
    name("$code"),
    name("$scope"),
    name("$ref"),
    name("$refs"),
    name("$id"),
    bytes(0xff),
    bytes(0xfe)
  };

  private final Random random = new Random(SEED);

  private static byte[] name(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void neverGivesTwoIdsTheSameTextAndType() {
    DocumentId.Reader reader = new DocumentId.Reader(1 << 20);
    Map<DocumentId, String> seen = new HashMap<>();
    int repeated = 0;
    for (int i = 0; i < IDS; i++) {
      byte type = type(3);
      byte[] value = value(type, 3);

      DocumentId id = reader.read(type, value, 0);

      String bytes = type + " " + HexFormat.of().formatHex(value);
      String other = seen.putIfAbsent(id, bytes);
      if (other != null) {
        assertThat(other).as("seed %d: ids that share %s", SEED, id).isEqualTo(bytes);
        repeated++;
      }
    }

    assertThat(seen).as("enough different ids").hasSizeGreaterThan(10_000);
    assertThat(repeated).as("enough ids twice").isGreaterThan(1_000);
  }

  @Test
  void keepsOrdinaryIdsReadable() {
    assertThat(read(BsonBytes.STRING, string("\ufffd"))).isEqualTo(id("\ufffd", "string"));
    assertThat(read(BsonBytes.STRING, string("ü\ud83d\ude00")))
        .isEqualTo(id("ü\ud83d\ude00", "string"));
    assertThat(read(BsonBytes.DOCUMENT, BsonPieces.parse("{\"a\": {\"b$\": 1}}")))
        .isEqualTo(id("{\"a\": {\"b$\": {\"$numberInt\": \"1\"}}}", "object"));
    assertThat(read(BsonBytes.DOCUMENT, BsonPieces.parse("{}"))).isEqualTo(id("{}", "object"));
    assertThat(read(BsonBytes.DOCUMENT, BsonPieces.parse("{\"a\": 1, \"$b\": 2}")).type())
        .isEqualTo("object");
  }

  @Test
  void givesTheBytesOfWhatJsonCannotTellApart() {
    assertThat(read(BsonBytes.STRING, string(bytes(0xff))))
        .isEqualTo(id("02000000ff00", "stringBytes"));
    byte[] likeAnObjectId = BsonPieces.document(BsonPieces.text("$oid", "a"));
    assertThat(read(BsonBytes.DOCUMENT, likeAnObjectId))
        .isEqualTo(id(HexFormat.of().formatHex(likeAnObjectId), "objectBytes"));
    assertThat(read(BsonBytes.REGEX, regex("a", "mi"))).isEqualTo(id("61006d6900", "regexBytes"));
    assertThat(read(BsonBytes.REGEX, regex("a", "im")).type()).isEqualTo("regex");
  }

  @Test
  void tellsNumbersOfOneValueApartByTheirTypes() {
    assertThat(read(BsonBytes.INT32, int32(1))).isEqualTo(id("1", "int"));
    assertThat(read(BsonBytes.INT64, int64(1))).isEqualTo(id("1", "long"));
    assertThat(read(BsonBytes.DOUBLE, float64(1))).isEqualTo(id("1.0", "double"));
    assertThat(read(BsonBytes.STRING, string("1"))).isEqualTo(id("1", "string"));
  }

  @Test
  void readsWhereTheIdStandsAmongOtherBytes() {
    byte[] value = concat(bytes(9, 9), string("QUIZ"), bytes(9));

    assertThat(new DocumentId.Reader(1 << 20).read(BsonBytes.STRING, value, 2))
        .isEqualTo(id("QUIZ", "string"));
  }

  private static DocumentId read(byte type, byte[] value) {
    return new DocumentId.Reader(1 << 20).read(type, value, 0);
  }

  private static DocumentId id(String text, String type) {
    return new DocumentId(text, type);
  }

  private byte type(int depth) {
    byte[] types = {1, 2, 5, 7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 18, 19, -1, 127, 6, 3, 3, 4, 15};
    return types[random.nextInt(depth > 0 ? types.length : types.length - 4)];
  }

  private byte[] value(byte type, int depth) {
    return switch (type) {
      case BsonBytes.DOUBLE -> float64(random.nextInt(3) / 2.0);
      case BsonBytes.STRING, BsonBytes.CODE, BsonBytes.SYMBOL ->
          TEXTS[random.nextInt(TEXTS.length)];
      case BsonBytes.DOCUMENT -> document(depth - 1);
      case BsonBytes.ARRAY ->
          BsonPieces.document(
              numbered("0", type(depth - 1), depth - 1), numbered("1", type(depth - 1), depth - 1));
      case BsonBytes.BINARY ->
          BsonPieces.binary(random.nextBoolean() ? 0 : 4, new byte[random.nextInt(2) * 16]);
      case BsonBytes.OBJECT_ID -> new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, bit()};
      case BsonBytes.BOOLEAN -> new byte[] {bit()};
      case BsonBytes.DATE, BsonBytes.TIMESTAMP, BsonBytes.INT64 -> int64(random.nextInt(4) - 1);
      case BsonBytes.REGEX ->
          regex(random.nextBoolean() ? "a" : "", random.nextBoolean() ? "im" : "mi");
      case BsonBytes.DB_POINTER ->
          concat(TEXTS[random.nextInt(TEXTS.length)], new byte[BsonBytes.OBJECT_ID_LENGTH]);
      case BsonBytes.CODE_WITH_SCOPE -> codeWithScope(depth - 1);
      case BsonBytes.INT32 -> int32(random.nextInt(2));
      case BsonBytes.DECIMAL128 -> decimal(random.nextBoolean() ? "1" : "1.0");
      default -> new byte[0];
    };
  }

  private byte bit() {
    return (byte) random.nextInt(2);
  }

  private byte[] numbered(String index, byte type, int depth) {
    return field(type, index, value(type, depth));
  }

  private byte[] document(int depth) {
    byte[][] fields = new byte[random.nextInt(3)][];
    for (int i = 0; i < fields.length; i++) {
      byte type = type(depth);
      fields[i] = field(type, NAMES[random.nextInt(NAMES.length)], value(type, depth));
    }
    return BsonPieces.document(fields);
  }

  private byte[] codeWithScope(int depth) {
    byte[] content = concat(TEXTS[random.nextInt(TEXTS.length)], document(depth));
    return concat(int32(content.length + Integer.BYTES), content);
  }

  private static byte[] decimal(String text) {
    Decimal128 decimal = Decimal128.parse(text);
    return concat(int64(decimal.getLow()), int64(decimal.getHigh()));
  }
}
