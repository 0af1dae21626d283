package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.change.BsonBytes;
import dev.sluice.config.EventFormat;
import dev.sluice.config.View;
import dev.sluice.json.BsonPieces;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Against texts that Debezium Server 3.6 published, of a mongod's events. */
class DebeziumFormatTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void writesAnInsertAsRecorded() throws IOException {
    Message message =
        encode(
            EventBuilder.insert()
                .id(BsonBytes.INT32, BsonPieces.int32(7))
                .document(
                    "{\"word\": \"JAX\", \"at\": {\"$date\": {\"$numberLong\": \"1795136523456\"}},"
                        + " \"dec\": {\"$numberDecimal\": \"1.50\"},"
                        + " \"i64\": {\"$numberLong\": \"1099511627776\"}, \"nul\": null,"
                        + " \"oid\": {\"$oid\": \"665f1c2a9d3e4b0012345678\"}}"));

    JsonNode event = JSON.readTree(message.body());
    assertThat(event.get("op").textValue()).isEqualTo("c");
    assertThat(event.get("before").isNull()).isTrue();
    assertThat(event.get("after").textValue())
        .isEqualTo(
            "{\"_id\": 7,\"word\": \"JAX\",\"at\": {\"$date\": 1795136523456},"
                + "\"dec\": {\"$numberDecimal\": \"1.50\"},"
                + "\"i64\": {\"$numberLong\": \"1099511627776\"},\"nul\": null,"
                + "\"oid\": {\"$oid\": \"665f1c2a9d3e4b0012345678\"}}");
    assertThat(message.headers()).containsEntry("key", "{\"id\":\"7\"}");
  }

  @Test
  void writesTheTypesAsRecorded() throws IOException {
    Message message =
        encode(
            EventBuilder.insert()
                .id("types")
                .document(
                    "{\"dbl\": 1.5, \"nan\": {\"$numberDouble\": \"NaN\"},"
                        + " \"bin\": {\"$binary\": {\"base64\": \"AQL/\", \"subType\": \"00\"}},"
                        + " \"re\": {\"$regularExpression\":"
                        + " {\"pattern\": \"^a.*b$\", \"options\": \"i\"}},"
                        + " \"ts\": {\"$timestamp\": {\"t\": 1700000000, \"i\": 5}}, \"bool\": true,"
                        + " \"s\": \"ü \\\"q\\\" \\\\ \\u2028\", \"emptyDoc\": {}, \"emptyArr\": []}"));

    assertThat(JSON.readTree(message.body()).get("after").textValue())
        .isEqualTo(
            "{\"_id\": \"types\",\"dbl\": 1.5,\"nan\": NaN,"
                + "\"bin\": {\"$binary\": \"AQL/\",\"$type\": \"00\"},"
                + "\"re\": {\"$regex\": \"^a.*b$\",\"$options\": \"i\"},"
                + "\"ts\": {\"$timestamp\": {\"t\": 1700000000,\"i\": 5}},\"bool\": true,"
                + "\"s\": \"ü \\\"q\\\" \\\\ \\u2028\",\"emptyDoc\": {},\"emptyArr\": []}");
    assertThat(message.headers()).containsEntry("key", "{\"id\":\"\\\"types\\\"\"}");
  }

  @Test
  void writesAnUpdateAsRecorded() throws IOException {
    Message message =
        encode(
            EventBuilder.update(
                    "{\"updatedFields\": {\"nested.a.b\": 2, \"score\": 23},"
                        + " \"removedFields\": [\"word\"]}")
                .document("{\"score\": 23, \"nested\": {\"a\": {\"b\": 2}}, \"arr\": [1, 2, 3]}"));

    JsonNode event = JSON.readTree(message.body());
    assertThat(event.get("after").textValue())
        .isEqualTo(
            "{\"_id\": {\"$oid\": \"665f1c2a9d3e4b0012345678\"},\"score\": 23,"
                + "\"nested\": {\"a\": {\"b\": 2}},\"arr\": [1,2,3]}");
    assertThat(event.get("updateDescription"))
        .isEqualTo(
            JSON.readTree(
                "{\"removedFields\": [\"word\"],"
                    + " \"updatedFields\": \"{\\\"nested.a.b\\\": 2, \\\"score\\\": 23}\","
                    + " \"truncatedArrays\": null}"));
    assertThat(message.headers())
        .containsEntry("key", "{\"id\":\"{\\\"$oid\\\": \\\"665f1c2a9d3e4b0012345678\\\"}\"}");
  }

  @Test
  void saysWhereAndWhenAsRecorded() throws IOException {
    Message message = encode(EventBuilder.delete().committedAt(1795225951L, 1));

    assertThat(JSON.readTree(message.body()))
        .isEqualTo(
            JSON.readTree(
                "{\"before\": null, \"after\": null, \"updateDescription\": null,"
                    + " \"source\": {\"version\": \"sluice\", \"connector\": \"mongodb\","
                    + " \"name\": \"scrabble-cdc\", \"ts_ms\": 1795225951000, \"snapshot\": \"false\","
                    + " \"db\": \"scrabble\", \"sequence\": null, \"ts_us\": 1795225951000000,"
                    + " \"ts_ns\": 1795225951000000000, \"collection\": \"scrabble\", \"ord\": 1,"
                    + " \"lsid\": null, \"txnNumber\": null, \"wallTime\": null},"
                    + " \"op\": \"d\", \"ts_ms\": 1795225951000, \"transaction\": null}"));
  }

  @Test
  void leavesAKeyThatWouldNotFitAFrameOutOfTheHeaders() {
    assertThat(encode(EventBuilder.delete().id("x".repeat(20_000))).headers()).containsKey("key");
    assertThat(encode(EventBuilder.delete().id("x".repeat(30_000))).headers())
        .doesNotContainKey("key");
  }

  private static Message encode(EventBuilder event) {
    return new EnvelopeEncoder(
            FormatShapes.settings(EventFormat.DEBEZIUM, View.NEW_IMAGE), 16 << 20)
        .encode(event.build());
  }
}
