package dev.sluice.change;

import static org.assertj.core.api.Assertions.assertThat;

import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

class EventIdTest {
  @Test
  void isTheFirstHalfOfTheHashOfTheToken() {
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

  private static ResumeToken token(String json) {
    return ResumeToken.of(BsonDocument.parse(json));
  }
}
