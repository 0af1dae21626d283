package dev.sluice.pipeline;

import static dev.sluice.testing.Events.behind;
import static dev.sluice.testing.Events.event;
import static dev.sluice.testing.Events.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.LogWindow;
import dev.sluice.change.Oversized;
import dev.sluice.change.Position;
import dev.sluice.config.FailureSettings;
import dev.sluice.config.FailureSettings.OnPoison;
import dev.sluice.config.FailureSettings.OnPositionLost;
import dev.sluice.config.FailureSettings.OnUnroutable;
import dev.sluice.message.EnvelopeEncoder;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Destination;
import dev.sluice.testing.Events;
import dev.sluice.testing.InMemoryCheckpoints;
import dev.sluice.testing.ScriptedParts;
import dev.sluice.testing.ScriptedPublisher;
import dev.sluice.testing.ScriptedSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is done about lost positions, unroutable messages and poison events, setting by setting. */
class FailurePolicyTest {
  private final ScriptedParts parts = new ScriptedParts();
  private final ScriptedSource source = parts.source;
  private final ScriptedPublisher publisher = parts.publisher;
  private final InMemoryCheckpoints checkpoints = parts.checkpoints;

  private void start(OnPositionLost onPositionLost, OnUnroutable onUnroutable, OnPoison onPoison) {
    parts.failures = new FailureSettings(onPositionLost, onUnroutable, onPoison);
    parts.start();
  }

  private void start(OnPoison onPoison) {
    start(OnPositionLost.STOP, OnUnroutable.RETRY, onPoison);
  }

  @AfterEach
  void close() {
    parts.close();
  }

  private void assertEnds(FailureKind kind, String... sentence) {
    assertThatThrownBy(() -> parts.ended().get(5, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> {
              assertThat(failure.kind()).isEqualTo(kind);
              assertThat(failure.getMessage()).contains(sentence);
            });
  }

  private List<String> published() {
    return publisher.messages.stream()
        .map(
            message ->
                (message.destination() == Destination.PARKING ? "parked " : "")
                    + message.messageId())
        .toList();
  }

  private static String id(int number) {
    return insert(number).id().value();
  }

  private Message parked() {
    return publisher.messages.stream()
        .filter(message -> message.destination() == Destination.PARKING)
        .findFirst()
        .orElseThrow();
  }

  private void limit(int maxMessageBytes) {
    parts.maxMessageBytes = maxMessageBytes;
    parts.encoder = new EnvelopeEncoder(ScriptedParts.ENVELOPES, maxMessageBytes)::encode;
  }

  @Test
  void stopsAtAnEventThatIsTooLargeAndNamesTheChoices() {
    limit(1_000);
    parts.checkpointInterval = Duration.ofMinutes(1);
    start(OnPoison.STOP);
    source.append(insert(1));
    await().until(() -> publisher.messages.size() == 1);

    source.append(large(2));

    assertEnds(
        FailureKind.POISON_EVENT,
        "more than SLUICE_MAX_MESSAGE_BYTES=1000 as a message",
        "SLUICE_ON_POISON=park");
    assertThat(checkpoints.position()).contains(behind(1));
  }

  @Test
  void parksAnEventThatIsTooLargeAsAPointerAndGoesOn() {
    limit(1_000);
    start(OnPoison.PARK);

    source.append(insert(1), large(2), insert(3));

    await()
        .untilAsserted(
            () -> assertThat(published()).containsExactly(id(1), "parked " + id(2), id(3)));
    assertThat(parked().headers())
        .containsEntry("parkedReason", "oversized")
        .containsEntry("parkedBody", "pointer")
        .containsEntry("parkedRoutingKey", "scrabble.scrabble.insert")
        .containsEntry("collection", "scrabble");
    BsonDocument pointer = BsonDocument.parse(new String(parked().body(), StandardCharsets.UTF_8));
    assertThat(pointer.getDocument("documentKey").getInt32("_id").getValue()).isEqualTo(2);
    assertThat(pointer.getDocument("resumeToken")).isEqualTo(insert(2).token().toBson());
    assertThat(pointer.getInt32("bytes").getValue()).isEqualTo(large(2).sizeBytes());
    await().until(() -> checkpoints.position().equals(Optional.of(behind(3))));
  }

  @Test
  void parksTheBsonOfAnEventThatIsTooLargeOnlyAsJson() {
    limit(1_000);
    ChangeEvent linesOnly = with(2, "\n".repeat(500));
    start(OnPoison.PARK);

    source.append(insert(1), linesOnly, insert(3));

    await()
        .untilAsserted(
            () -> assertThat(published()).containsExactly(id(1), "parked " + id(2), id(3)));
    assertThat(parked().headers())
        .containsEntry("parkedReason", "oversized")
        .containsEntry("parkedBody", "event")
        .containsEntry("parkedRoutingKey", "scrabble.scrabble.insert");
    assertThat(parked().body()).hasSize(linesOnly.sizeBytes()).hasSizeLessThan(1_000);
  }

  @Test
  void savesNoPositionBehindAParkedMessageThatIsNotConfirmed() {
    limit(1_000);
    publisher.confirming = false;
    start(OnPoison.PARK);
    source.append(large(1));
    await().until(() -> publisher.messages.size() == 1);

    assertThat(checkpoints.position()).isNotEqualTo(Optional.of(behind(1)));
    publisher.outcomes().confirmed(1, 1);

    await().until(() -> checkpoints.position().equals(Optional.of(behind(1))));
  }

  @Test
  void parksAnEventThatCannotBeEncodedWithItsBson() {
    start(OnPoison.PARK);
    ChangeEvent incomplete = event("update", 2, 2);

    source.append(insert(1), incomplete, insert(3));

    await().until(() -> publisher.messages.size() == 3);
    assertThat(parked().headers())
        .containsEntry("parkedReason", "poison")
        .containsEntry("parkedBody", "event");
    assertThat(parked().content()).isEqualTo(Message.Content.BSON);
    assertThat(parked().body()).hasSize(incomplete.sizeBytes());
    assertThat(String.valueOf(parked().headers().get("parkedError")))
        .contains("update description");
  }

  @Test
  void parksAnEventOfWhichTheServerHasOnlyTheKeys() {
    start(OnPoison.PARK);

    source.append(new Oversized(event("update", 1, 7), "BSONObj size is invalid"));

    await().until(() -> publisher.messages.size() == 1);
    assertThat(parked().headers())
        .containsEntry("parkedReason", "oversized")
        .containsEntry("parkedBody", "pointer");
    assertThat(new String(parked().body(), StandardCharsets.UTF_8)).contains("documentKey", "7");
  }

  @Test
  void retriesAReturnedMessage() {
    publisher.confirming = false;
    start(OnPoison.STOP);
    source.append(insert(1));
    await().until(() -> publisher.messages.size() == 1);

    publisher.confirming = true;
    publisher.outcomes().returned(id(1), new PipelineException(FailureKind.UNROUTABLE, "no queue"));

    await().untilAsserted(() -> assertThat(published()).containsExactly(id(1), id(1)));
  }

  @Test
  void parksAReturnedMessageAsItWasIfToldTo() {
    publisher.confirming = false;
    start(OnPositionLost.STOP, OnUnroutable.PARK, OnPoison.STOP);
    source.append(insert(1), insert(2));
    await().until(() -> publisher.messages.size() == 2);

    publisher.confirming = true;
    publisher.outcomes().returned(id(1), new PipelineException(FailureKind.UNROUTABLE, "no queue"));

    await()
        .untilAsserted(
            () -> assertThat(published()).containsExactly(id(1), id(2), "parked " + id(1), id(2)));
    assertThat(parked().body()).isEqualTo(publisher.messages.get(0).body());
    assertThat(parked().headers())
        .containsEntry("parkedReason", "unroutable")
        .containsEntry("parkedError", "no queue")
        .containsEntry("parkedBody", "message");
  }

  @Test
  void stopsAtAReturnedMessageIfToldTo() {
    publisher.confirming = false;
    start(OnPositionLost.STOP, OnUnroutable.STOP, OnPoison.STOP);
    source.append(insert(1));
    await().until(() -> publisher.messages.size() == 1);

    publisher.outcomes().returned(id(1), new PipelineException(FailureKind.UNROUTABLE, "no queue"));

    assertEnds(FailureKind.UNROUTABLE, "no queue");
  }

  /** The broker closes the channel over message 2 of 3, and does not say which it was. */
  @Test
  void findsOutOneByOneWhichMessageTheBrokerDoesNotTakeAndParksIt() {
    publisher.refused = id(2);
    start(OnPoison.PARK);

    source.append(insert(1), insert(2), insert(3), insert(4));

    await().untilAsserted(() -> assertThat(published()).endsWith("parked " + id(2), id(3), id(4)));
    assertThat(parked().headers())
        .containsEntry("parkedReason", "oversized")
        .containsEntry("parkedBody", "pointer")
        .containsEntry("parkedRoutingKey", "scrabble.scrabble.insert");
    await().until(() -> checkpoints.position().equals(Optional.of(behind(4))));
  }

  /** Over several lanes the news of a message may come later than the confirm of one behind it. */
  @Test
  void blamesNoMessageThatWasConfirmedBeforeTheOneThatTheBrokerDoesNotTake() {
    publisher.confirming = false;
    start(OnPoison.PARK);
    source.append(insert(1), insert(2));
    await().until(() -> publisher.messages.size() == 2);

    publisher.outcomes().confirmed(2, 2);
    publisher.confirming = true;
    publisher
        .outcomes()
        .lost(new PipelineException(FailureKind.POISON_EVENT, "one of them was too large"));

    await().untilAsserted(() -> assertThat(published()).containsExactly(id(1), id(2), id(1)));
    await().until(() -> checkpoints.position().equals(Optional.of(behind(2))));
  }

  @Test
  void stopsAtAMessageTheBrokerDoesNotTakeUnlessToldOtherwise() {
    publisher.refused = id(2);
    start(OnPoison.STOP);

    source.append(insert(1), insert(2), insert(3));

    assertEnds(FailureKind.POISON_EVENT, "too large");
  }

  /** The broker's limit holds for the parking queue as well. */
  @Test
  void parksAsAPointerWhatTheBrokerFindsTooLarge() {
    start(OnPoison.PARK);
    source.append(insert(1));
    await().until(() -> publisher.messages.size() == 1);
    // Less than the message of an insert, more than a pointer to it.
    publisher.maxMessageBytes = publisher.messages.get(0).body().length + 500;

    source.append(large(2), insert(3));

    await().untilAsserted(() -> assertThat(published()).endsWith("parked " + id(2), id(3)));
    assertThat(parked().headers())
        .containsEntry("parkedReason", "oversized")
        .containsEntry("parkedBody", "pointer");
  }

  @Test
  void stopsAtAParkedMessageThatTheBrokerDoesNotTakeEither() {
    publisher.maxMessageBytes = 10;
    start(OnPoison.PARK);

    source.append(insert(1));

    assertEnds(FailureKind.POISON_EVENT, "too large");
  }

  private static ChangeEvent large(int number) {
    return with(number, "x".repeat(5_000));
  }

  private static ChangeEvent with(int number, String text) {
    BsonDocument event =
        new RawBsonDocument(insert(number).bytes()).decode(new BsonDocumentCodec());
    event.getDocument("fullDocument").append("text", new BsonString(text));
    return Events.of(event);
  }

  @Test
  void stopsAtALostPositionAndSaysHowMuchIsMissingAndWhatTheChoicesAre() {
    start(OnPoison.STOP);
    source.append(insert(1));
    await().until(() -> checkpoints.position().equals(Optional.of(behind(1))));

    source.fail(new PipelineException(FailureKind.POSITION_LOST, "MongoDB no longer has it"));

    assertEnds(
        FailureKind.POSITION_LOST,
        "MongoDB no longer has it",
        "the oplog begins",
        "SLUICE_ON_POSITION_LOST=gap",
        "make the oplog larger");
  }

  @Test
  void tellsOfTheGapBeforeItGoesOnFromTheEarliestPointThatIsLeft() {
    source.logWindow =
        new LogWindow(new BsonTimestamp(1_700_000_600, 1), source.logWindow.newest());
    source.lostExceptFromLogWindow =
        new PipelineException(FailureKind.POSITION_LOST, "MongoDB no longer has it");
    publisher.confirming = false;
    start(OnPositionLost.GAP, OnUnroutable.RETRY, OnPoison.STOP);
    source.append(insert(1));

    await().until(() -> publisher.messages.size() == 1);
    assertThat(publisher.messages.get(0).type()).isEqualTo("gap");
    Position earliest = new Position.At(source.logWindow.oldest());
    assertThat(checkpoints.position()).isNotEqualTo(Optional.of(earliest));
    publisher.outcomes().confirmed(1, 1);

    await().until(() -> publisher.messages.size() == 2);
    assertThat(publisher.messages.get(1).messageId()).isEqualTo(id(1));
    assertThat(source.opened).last().isEqualTo(earliest);
    await().until(() -> checkpoints.saved.contains(earliest));
    assertThat(new String(publisher.messages.get(0).body(), StandardCharsets.UTF_8))
        .contains("\"operation\": \"gap\"", "MongoDB no longer has it");
  }

  @Test
  void tellsOfOneGapUnderOneIdHoweverOftenItIsPublished() {
    source.logWindow =
        new LogWindow(new BsonTimestamp(1_700_000_600, 1), source.logWindow.newest());
    source.lostExceptFromLogWindow =
        new PipelineException(FailureKind.POSITION_LOST, "MongoDB no longer has it");
    publisher.confirming = false;
    start(OnPositionLost.GAP, OnUnroutable.RETRY, OnPoison.STOP);
    await().until(() -> publisher.messages.size() == 1);

    publisher.loseChannel();

    await().until(() -> publisher.messages.size() == 2);
    assertThat(publisher.messages.get(1).messageId())
        .isEqualTo(publisher.messages.get(0).messageId());
  }
}
