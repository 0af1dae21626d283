package dev.sluice.pipeline;

import static dev.sluice.testing.Events.event;
import static dev.sluice.testing.Events.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Gap;
import dev.sluice.change.Oversized;
import dev.sluice.change.Position;
import dev.sluice.message.EnvelopeEncoder;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import dev.sluice.message.Message.Destination;
import dev.sluice.message.ParkedMessages;
import dev.sluice.testing.Events;
import dev.sluice.testing.ScriptedParts;
import dev.sluice.testing.ScriptedSource;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

class RestorationTest {
  private static final String REASON = "for a test";

  private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
  private final ScriptedSource source = new ScriptedSource();
  private final ParkedMessages whole = new ParkedMessages("queue.parked", 1 << 20);
  private final ParkedMessages pointers = new ParkedMessages("queue.parked", 1);
  private long maxMessageBytes = 1 << 20;

  @AfterEach
  void stopTimer() {
    timer.dispose();
  }

  private CompletableFuture<Message> restored(Message parked) {
    Clock clock = Clock.fixed(Instant.ofEpochMilli(1_700_000_001_000L), ZoneOffset.UTC);
    return new Restoration(source, change -> change, this::encoded, maxMessageBytes, timer, clock)
        .restore(parked)
        .toFuture();
  }

  private Message encoded(Change change) {
    return new EnvelopeEncoder(ScriptedParts.ENVELOPES, maxMessageBytes).encode(change);
  }

  private static void assertStays(CompletableFuture<Message> restored, String... why) {
    assertThat(restored).isDone();
    assertThatThrownBy(restored::join)
        .cause()
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> assertThat(failure.getMessage()).contains(why).doesNotContain("\n"));
  }

  private void assertIsMessageOf(ChangeEvent event, CompletableFuture<Message> restored) {
    Message wanted = encoded(event);
    assertThat(restored).isCompleted();
    assertThat(restored.join()).usingRecursiveComparison().isEqualTo(wanted);
  }

  @Test
  void givesAMessageBackAsItWas() {
    Message message = encoded(insert(1));

    assertIsMessageOf(insert(1), restored(whole.of(insert(1), message, "unroutable", REASON)));
  }

  @Test
  void givesAMessageBackToTheExchangeOfItsRoute() {
    Message plain = encoded(insert(1));
    Message routed =
        new Message(
            plain.body(),
            plain.content(),
            plain.messageId(),
            "its.key",
            plain.type(),
            plain.timestampSeconds(),
            plain.headers(),
            Destination.to("its exchange"));

    CompletableFuture<Message> restored =
        restored(whole.of(insert(1), routed, "unroutable", REASON));

    assertThat(restored.join()).usingRecursiveComparison().isEqualTo(routed);
  }

  @Test
  void encodesTheEventThatIsInIt() {
    assertIsMessageOf(insert(1), restored(whole.of(insert(1), "poison", REASON)));
  }

  @Test
  void followsAPointerToItsEventAmongOthers() {
    source.append(insert(1), insert(2), insert(3));

    assertIsMessageOf(insert(2), restored(pointers.of(insert(2), "oversized", REASON)));
    assertThat(source.opened).containsExactly(new Position.At(new BsonTimestamp(1_700_000_000, 2)));
  }

  /** Behind an upgrade of the server the event has a token of a newer version. */
  @Test
  void findsTheEventByItsIdWhereItsTokenIsAnotherOne() {
    ChangeEvent after = withToken("2B042C0100296F");
    source.append(insert(1), after);

    assertIsMessageOf(
        after, restored(pointers.of(withToken("2B022C0100296E"), "oversized", REASON)));
  }

  /** Its message-id is one that an earlier version of Sluice has made. */
  @Test
  void findsTheEventByItsTokenWhereItsIdIsAnotherOne() {
    ChangeEvent event = withToken("2B022C0100296E");
    source.append(insert(1), event);
    Message parked = pointers.of(event, "oversized", REASON);

    assertIsMessageOf(
        event,
        restored(
            new Message(
                parked.body(),
                parked.content(),
                "50feb9f92c353473b5b74ec628970267",
                parked.routingKey(),
                parked.type(),
                parked.timestampSeconds(),
                parked.headers(),
                parked.destination())));
  }

  private static ChangeEvent withToken(String rest) {
    return Events.of(
        BsonDocument.parse(
            "{_id: {_data: '826B00EF9800000001%s'}, operationType: 'delete',".formatted(rest)
                + " clusterTime: {$timestamp: {t: 1795223448, i: 1}},"
                + " ns: {db: 'scrabble', coll: 'plays'}, documentKey: {_id: 1}}"));
  }

  @Test
  void staysIfTheLogGoesOnWithoutItsEvent() {
    BsonTimestamp later = new BsonTimestamp(1_700_000_000, 3);
    source.append(insert(1), new Gap(Optional.empty(), later, "with a time in its position"));

    assertStays(
        restored(pointers.of(insert(2), "oversized", REASON)), "has no event any more where");
  }

  @Test
  void staysIfNothingComesWhereItPoints() {
    CompletableFuture<Message> restored = restored(pointers.of(insert(2), "oversized", REASON));
    timer.advanceTimeBy(Duration.ofSeconds(29));
    assertThat(restored).isNotDone();
    timer.advanceTimeBy(Duration.ofSeconds(1));

    assertStays(restored, "has no event any more where");
  }

  @Test
  void staysIfTheLogDoesNotReachBackToItsEvent() {
    source.lostExceptFromLogWindow =
        new PipelineException(FailureKind.POSITION_LOST, "MongoDB no longer has it");

    assertStays(restored(pointers.of(insert(2), "oversized", REASON)), "no longer has it");
  }

  @Test
  void staysIfTheServerStillCannotSendItsEvent() {
    Oversized oversized = new Oversized(event("update", 2, 7), "too large");
    source.append(oversized);

    assertStays(restored(whole.of(oversized, "oversized", REASON)), "still cannot send");
  }

  @Test
  void staysIfItIsStillTooLarge() {
    Message parked = whole.of(insert(1), "poison", REASON);
    maxMessageBytes = 10;

    assertStays(restored(parked), "It is still more than SLUICE_MAX_MESSAGE_BYTES=10");
  }

  @Test
  void staysIfItStillCannotBeEncoded() {
    assertStays(
        restored(whole.of(event("update", 1, 1), "poison", REASON)),
        "still cannot be written as JSON");
  }

  @Test
  void staysIfItIsNoneOfOurs() {
    assertStays(restored(foreign(Map.of(), "{}")), "no parked message of Sluice");
  }

  @Test
  void staysIfItsPointerIsDamaged() {
    Map<String, Object> pointer = Map.of(ParkedMessages.BODY, "pointer");

    assertStays(restored(foreign(pointer, "{")), "pointer cannot be read");
    assertStays(restored(foreign(pointer, "{\"resumeToken\": 5}")), "pointer cannot be read");
    assertStays(restored(foreign(pointer, "")), "pointer cannot be read");
    assertStays(restored(foreign(pointer, "{\"bytes\": 5}")), "pointer cannot be read");
  }

  @Test
  void staysIfItsEventIsDamaged() {
    assertStays(
        restored(foreign(Map.of(ParkedMessages.BODY, "event"), "no BSON")), "event cannot be read");
  }

  private static Message foreign(Map<String, Object> headers, String body) {
    return new Message(
        body.getBytes(StandardCharsets.UTF_8),
        Content.JSON,
        "id",
        "queue.parked",
        "insert",
        0,
        headers,
        Destination.PARKING);
  }
}
