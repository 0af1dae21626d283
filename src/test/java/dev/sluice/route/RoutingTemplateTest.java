package dev.sluice.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Namespace;
import dev.sluice.config.KeyTemplate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingTemplateTest {
  private static final Namespace PLAYS = new Namespace("scrabble", "plays");

  private static ChangeEvent event(String images) {
    BsonDocument event =
        BsonDocument.parse("{\"_id\": {\"_data\": \"82\"}, \"operationType\": \"update\"}");
    event.putAll(BsonDocument.parse(images));
    RawBsonDocument raw = new RawBsonDocument(event, new BsonDocumentCodec());
    byte[] bytes = new byte[raw.getByteBuffer().remaining()];
    raw.getByteBuffer().get(bytes);
    return new ChangeEvent(bytes, 0, bytes.length, 0);
  }

  private static String key(String template, String images) {
    return new RoutingKeys(KeyTemplate.parse(template)).of(event(images), PLAYS, "7");
  }

  @Test
  void isFilledWithWhatTheEventHas() {
    assertThat(
            key(
                "{{x}}.{database}.{collection}.{operation}.{id}.{document.p.n}.{before.p}",
                "{\"fullDocument\": {\"p\": {\"n\": \"ann\"}},"
                    + " \"fullDocumentBeforeChange\": {\"p\": \"bob\"}}"))
        .isEqualTo("{x}.scrabble.plays.update.7.ann.bob");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"a.b\" | a.b",
        "\"ü😀\" | ü😀",
        "{\"$oid\": \"665f1c2a9d3e4b0012345678\"} | 665f1c2a9d3e4b0012345678",
        "5 | 5",
        "-5000000000 | -5000000000",
        "5.0 | 5",
        "-0.5 | -0.5",
        "1e300 | 1.0E300",
        "{\"$numberDouble\": \"NaN\"} | NaN",
        "{\"$numberDecimal\": \"1.50\"} | 1.50",
        "true | true",
        "{\"$date\": \"2026-11-20T01:02:03Z\"} | 2026-11-20T01:02:03Z",
        "{\"$uuid\": \"00112233-4455-6677-8899-aabbccddeeff\"} | 00112233-4455-6677-8899-aabbccddeeff",
        "null | ``",
        "{\"x\": 1} | ``",
        "[1] | ``",
        "{\"$binary\": {\"base64\": \"AAAA\", \"subType\": \"00\"}} | ``"
      })
  void aSingleValueIsAWordAndAnyOtherAnEmptyOne(String value, String word) {
    assertThat(key("{document.v}", "{\"fullDocument\": {\"a\": 1, \"v\": " + value + "}}"))
        .isEqualTo(word);
  }

  @Test
  void whatIsNotThereIsAnEmptyWord() {
    String template = "a.{document.x.y}.{before.x}.b";

    assertThat(key(template, "{}")).isEqualTo("a...b");
    assertThat(key(template, "{\"fullDocument\": null, \"fullDocumentBeforeChange\": null}"))
        .isEqualTo("a...b");
    assertThat(key(template, "{\"fullDocument\": {\"x\": 1, \"y\": 2}}")).isEqualTo("a...b");
    assertThat(key("{document.x.1.y}", "{\"fullDocument\": {\"x\": [0, {\"y\": 5}]}}"))
        .isEqualTo("5");
  }

  @Test
  void whatIsOfNoDocumentFillsItInAsWell() {
    RoutingKeys keys =
        new RoutingKeys(KeyTemplate.parse("cdc.{database}.{collection}.{operation}.{document.x}"));

    assertThat(keys.of(PLAYS, "drop")).isEqualTo("cdc.scrabble.plays.drop.");
    assertThat(keys.of(new Namespace("scrabble", null), "dropDatabase"))
        .isEqualTo("cdc.scrabble..dropDatabase.");
    assertThat(keys.of(null, "gap")).isEqualTo("cdc.sluice..gap.");
  }

  @Test
  void fitsAnAmqpShortStringAndKeepsItsOwnWordsAndTheOperation() {
    for (String letter : List.of("a", "ü", "€", "😀", "a😀")) {
      for (int length = 0; length <= 300; length += 7) {
        String value = letter.repeat(length);

        String key =
            key(
                "{document.v}.words.{operation}.{before.v}",
                "{\"fullDocument\": {\"v\": \""
                    + value
                    + "\"},"
                    + " \"fullDocumentBeforeChange\": {\"v\": \"short\"}}");

        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        assertThat(bytes).hasSizeLessThanOrEqualTo(255);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(key);
        assertThat(key).endsWith(".words.update.short");
        assertThat(value).startsWith(key.substring(0, key.indexOf(".words")));
      }
    }
  }
}
