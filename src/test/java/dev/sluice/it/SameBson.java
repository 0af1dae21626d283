package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.bson.AbstractBsonReader;
import org.bson.BsonBinaryReader;
import org.bson.BsonReader;
import org.bson.BsonType;
import org.bson.json.JsonReader;

/**
 * Compares two documents field by field, in their order and with their types, names that are there
 * twice included, which no map of them would show.
 */
final class SameBson {
  private SameBson() {}

  /**
   * Checks that canonical Extended JSON says what the BSON does. Bytes that are no UTF-8 count as
   * the U+FFFD that both readers make of them. The outermost {@code _id} is passed over: it is a
   * text in the JSON.
   */
  static void check(String canonicalJson, byte[] bson) {
    try (JsonReader json = new JsonReader(canonicalJson);
        BsonBinaryReader binary = new BsonBinaryReader(ByteBuffer.wrap(bson))) {
      json.readStartDocument();
      binary.readStartDocument();
      fields(json, binary, "", true);
    }
  }

  private static void fields(BsonReader json, BsonReader binary, String path, boolean outermost) {
    while (true) {
      BsonType type = json.readBsonType();
      BsonType expected = binary.readBsonType();
      if (type == BsonType.END_OF_DOCUMENT || expected == BsonType.END_OF_DOCUMENT) {
        assertThat(type).as("the type after all of %s", path).isEqualTo(expected);
        json.readEndDocument();
        binary.readEndDocument();
        return;
      }
      String name = json.readName();
      assertThat(name).as("a name in %s", path).isEqualTo(binary.readName());
      if (outermost && name.equals("_id")) {
        json.skipValue();
        binary.skipValue();
      } else {
        assertThat(type).as("the type of %s.%s", path, name).isEqualTo(expected);
        value(type, json, binary, path + "." + name);
      }
    }
  }

  private static void elements(BsonReader json, BsonReader binary, String path) {
    json.readStartArray();
    binary.readStartArray();
    for (int i = 0; ; i++) {
      BsonType type = json.readBsonType();
      assertThat(type).as("the type of %s[%s]", path, i).isEqualTo(binary.readBsonType());
      if (type == BsonType.END_OF_DOCUMENT) {
        json.readEndArray();
        binary.readEndArray();
        return;
      }
      value(type, json, binary, path + "[" + i + "]");
    }
  }

  private static void value(BsonType type, BsonReader json, BsonReader binary, String path) {
    switch (type) {
      case DOCUMENT -> {
        json.readStartDocument();
        binary.readStartDocument();
        fields(json, binary, path, false);
      }
      case ARRAY -> elements(json, binary, path);
      case JAVASCRIPT_WITH_SCOPE -> {
        assertThat(json.readJavaScriptWithScope())
            .as(path)
            .isEqualTo(binary.readJavaScriptWithScope());
        json.readStartDocument();
        binary.readStartDocument();
        fields(json, binary, path + ".$scope", false);
      }
      default -> assertThat(scalar(type, json)).as(path).isEqualTo(scalar(type, binary));
    }
  }

  private static Object scalar(BsonType type, BsonReader reader) {
    return switch (type) {
      // By its bits: all NaN that JSON has are one, and -0.0 is none of 0.0.
      case DOUBLE -> Double.doubleToLongBits(reader.readDouble());
      case STRING -> reader.readString();
      case BINARY -> reader.readBinaryData();
      case OBJECT_ID -> reader.readObjectId();
      case BOOLEAN -> reader.readBoolean();
      case DATE_TIME -> reader.readDateTime();
      case REGULAR_EXPRESSION -> reader.readRegularExpression();
      case DB_POINTER -> reader.readDBPointer();
      case JAVASCRIPT -> reader.readJavaScript();
      case SYMBOL -> reader.readSymbol();
      case INT32 -> reader.readInt32();
      case TIMESTAMP -> reader.readTimestamp();
      case INT64 -> reader.readInt64();
      // By its text, which keeps every zero; decimals have several bit patterns of one value.
      case DECIMAL128 -> reader.readDecimal128().toString();
      case UNDEFINED, NULL, MIN_KEY, MAX_KEY -> {
        ((AbstractBsonReader) reader).skipValue();
        yield type;
      }
      default -> throw new AssertionError(type);
    };
  }
}
