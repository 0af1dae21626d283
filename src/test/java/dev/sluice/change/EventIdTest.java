package dev.sluice.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Events;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

class EventIdTest {
  @Test
  void ofATokenIsTheFirstHalfOfItsHash() {
    // As `printf '\x05\x00\x00\x00\x00' | sha256sum` has it: consumers may count on it.
    assertThat(EventId.of(token("{}")).value()).isEqualTo("49e8e3297545c15ab6a79471a7a34d43");
  }

  @Test
  void isTheSameForTheSameToken() {
    ResumeToken fromEvent = token("{\"_data\": \"826B00EF98\"}");
    byte[] bytes = ChangeEventTest.bytes("{\"_data\": \"826B00EF98\"}");
    ResumeToken stored = ResumeToken.copyOf(bytes, 0, bytes.length);

    assertThat(stored).isEqualTo(fromEvent).hasSameHashCodeAs(fromEvent);
    assertThat(EventId.of(stored)).isEqualTo(EventId.of(fromEvent));
  }

  @Test
  void isAnotherOneForAnotherToken() {
    assertThat(EventId.of(token("{\"_data\": \"826B00EF98\"}")))
        .isNotEqualTo(EventId.of(token("{\"_data\": \"826B00EF99\"}")));
  }

  @Test
  void hasTheSameLengthForATokenOfAnyLength() {
    String longData = "82".repeat(10_000);

    assertThat(EventId.of(token("{\"_data\": \"" + longData + "\"}")).value())
        .matches("[0-9a-f]{32}");
  }

  @Test
  void doesNotChangeWhenTheTokenGoesToTheDriverAndBack() {
    ResumeToken token =
        token(
            "{\"_data\": \"82\", \"_typeBits\": {\"$binary\": {\"base64\":"
                + " \"gYA=\", \"subType\": \"00\"}}}");

    assertThat(EventId.of(ResumeToken.of(token.toBson()))).isEqualTo(EventId.of(token));
  }

  @Test
  void isTheSameForATokenOfANewerVersion() {
    // As `sha256sum` has it of 6B00EF98 00000001 00000001, "insert", 0 and the two documents.
    assertThat(event("insert", "2B022C01002B026E").id())
        .isEqualTo(event("insert", "2B042C01002B026F").id())
        .hasToString("018732021b0f421751586c35fe5a1da0");
  }

  @Test
  void isAnotherOneForAnotherWriteOfTheTransaction() {
    assertThat(event("update", "2B022C01002B026E").id())
        .isNotEqualTo(event("update", "2B022C01002B046E").id());
  }

  /** They share their position. */
  @Test
  void isAnotherOneForTheInvalidationBehindADrop() {
    assertThat(event("drop", "2B022C0100296E").id())
        .isNotEqualTo(event("invalidate", "2B022C0100296F").id());
  }

  @Test
  void isThatOfTheTokenWhereThatHasAnotherForm() {
    ChangeEvent event = event("insert", "2B082C01002B026E");

    assertThat(event.id()).isEqualTo(EventId.of(event.token()));
  }

  private static ChangeEvent event(String operation, String restOfToken) {
    return Events.of(
        BsonDocument.parse(
            "{_id: {_data: '826B00EF9800000001%s'}, operationType: '%s',"
                    .formatted(restOfToken, operation)
                + " clusterTime: {$timestamp: {t: 1795223448, i: 1}},"
                + " ns: {db: 'scrabble', coll: 'plays'}, documentKey: {_id: 1}}"));
  }

  private static ResumeToken token(String json) {
    return ResumeToken.of(BsonDocument.parse(json));
  }
}
