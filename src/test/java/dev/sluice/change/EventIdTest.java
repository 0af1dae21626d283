package dev.sluice.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.testing.Events;
import java.util.Arrays;
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
    // As `sha256sum` has it of 6B00EF98 00000001 00000001, twelve bytes of what it has of "insert",
    // 0 and the namespace, and the document key.
    assertThat(event("insert", "2B022C01002B026E").id())
        .isEqualTo(event("insert", "2B042C01002B026F").id())
        .hasToString("c3187d6f939db0db7ac71f8507cd1898");
  }

  @Test
  void isMadeInTheSameWayOfALongId() {
    assertThat(event("insert", "2B022C01002B026E", "'" + "x".repeat(100) + "'").id())
        .hasToString("d87df9d3879149f1792d18dd57d0ed8b");
  }

  @Test
  void isAnotherOneForAnotherCollection() {
    ChangeEvent[] events = new ChangeEvent[100];
    Arrays.setAll(events, i -> event("insert", "2B022C01002B026E", "1", "plays" + i));

    assertThat(events).extracting(ChangeEvent::id).doesNotHaveDuplicates();
    EventId[] ids = Arrays.stream(events).map(ChangeEvent::id).toArray(EventId[]::new);
    assertThat(events).extracting(ChangeEvent::id).containsExactly(ids);
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
    return event(operation, restOfToken, "1");
  }

  private static ChangeEvent event(String operation, String restOfToken, String id) {
    return event(operation, restOfToken, id, "plays");
  }

  private static ChangeEvent event(
      String operation, String restOfToken, String id, String collection) {
    return Events.of(
        BsonDocument.parse(
            "{_id: {_data: '826B00EF9800000001%s'}, operationType: '%s',"
                    .formatted(restOfToken, operation)
                + " clusterTime: {$timestamp: {t: 1795223448, i: 1}},"
                + " ns: {db: 'scrabble', coll: '%s'}, documentKey: {_id: %s}}"
                    .formatted(collection, id)));
  }

  private static ResumeToken token(String json) {
    return ResumeToken.of(BsonDocument.parse(json));
  }
}
