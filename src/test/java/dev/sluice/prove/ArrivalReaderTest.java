package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;

class ArrivalReaderTest {
  private static final String POSITION = "000000020000000300000000";

  private final ArrivalReader reader =
      new ArrivalReader("queue", Optional.of(new HiddenText("sesame", "key")));

  private Arrival read(String body) {
    return read(body.getBytes(StandardCharsets.UTF_8), Map.of("position", POSITION));
  }

  private Arrival read(byte[] body, Map<String, Object> headers) {
    AMQP.BasicProperties properties =
        new AMQP.BasicProperties.Builder().messageId("id").headers(headers).build();
    return reader.read(new Delivery(new Envelope(1, true, "sluice", "key"), properties, body), 7);
  }

  private static String insert(int n, String capturedAt) {
    return """
        {"_id": "a", "database": "d", "collection": "c", "operation": "insert", "document": {"_id": "a", "n": %d},
         "metadata": {"position": "000000020000000300000000",
           "capturedAt": "%s", "documentSource": "event"}}"""
        .formatted(n, capturedAt);
  }

  private static String update(int n, String lookedUp) {
    return """
        {"_id": "a", "database": "d", "collection": "c", "operation": "update", "document": %s,
         "update": {"updatedFields": {"n": %d}},
         "metadata": {"position": "000000020000000300000000",
           "documentSource": "lookup"}}"""
        .formatted(lookedUp, n);
  }

  @Test
  void readsWhichPartitionPublishedIt() {
    byte[] body = insert(5, "1970-01-01T00:00:09Z").getBytes(StandardCharsets.UTF_8);

    assertThat(read(body, Map.of("position", POSITION, "partition", "3")).partition())
        .isEqualTo("3");
  }

  @Test
  void readsWhatTheJudgeNeeds() {
    Arrival arrival = read(insert(5, "1970-01-01T00:00:09Z"));

    Arrival.Event event =
        new Arrival.Event(
            new Subject("d.c", "a"),
            "insert",
            5,
            POSITION,
            Optional.empty(),
            Map.of(),
            new Arrival.Images(Optional.empty(), Optional.of(digest("{\"_id\":\"a\",\"n\":5}"))));
    assertThat(arrival)
        .isEqualTo(new Arrival(7, "queue", true, "id", event, arrival.digest(), List.of(), ""));
  }

  private static String digest(String json) {
    return Digest.of(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsBothImagesAndTheTransaction() {
    Arrival.Event event =
        read("""
                {"_id": "a", "operation": "update", "document": {"n": 2}, "before": {"n": 1},
                 "update": {"updatedFields": {"n": 2}},
                 "metadata": {"position": "000000020000000300000000",
                   "documentSource": "post_image", "beforeSource": "pre_image",
                   "transaction": {"lsid": "s", "number": 4, "index": 0}}}""")
            .event();

    assertThat(event.images())
        .isEqualTo(
            new Arrival.Images(Optional.of(digest("{\"n\":1}")), Optional.of(digest("{\"n\":2}"))));
    assertThat(event.transaction()).contains("s/4");
  }

  @Test
  void readsTheEndOfATransaction() {
    Arrival.Event event =
        read("""
                {"_id": null, "operation": "commit", "database": null, "collection": null,
                 "document": null, "events": 3,
                 "collections": [{"database": "d", "collection": "c", "events": 2},
                   {"database": "d", "collection": "e", "events": 1}],
                 "metadata": {"position": "000000020000000300000000",
                   "transaction": {"lsid": "s", "number": 4}}}""")
            .event();

    assertThat(event.isCommit()).isTrue();
    assertThat(event.transaction()).contains("s/4");
    assertThat(event.counts()).isEqualTo(Map.of("d.c", 2L, "d.e", 1L));
  }

  @Test
  void whatWasLookedUpIsNoExactImage() {
    assertThat(read(update(4, "{\"n\": 9}")).event().images()).isEqualTo(Arrival.Images.NONE);
  }

  @Test
  void readsWhatIsLeftOfAParkedInsert() {
    RawBsonDocument change =
        RawBsonDocument.parse("{\"documentKey\": {\"_id\": \"a\"}, \"fullDocument\": {\"n\": 0}}");
    Map<String, Object> headers =
        Map.of(
            "parkedReason", "oversized", "operation", "insert", "database", "d", "collection", "c");
    Map<String, Object> asEvent = new HashMap<>(headers);
    asEvent.put("parkedBody", "event");
    Map<String, Object> asPointer = new HashMap<>(headers);
    asPointer.put("parkedBody", "pointer");
    byte[] bson = Arrays.copyOf(change.getByteBuffer().array(), change.getByteBuffer().remaining());

    Arrival.Event event = read(bson, asEvent).event();

    assertThat(event.subject()).isEqualTo(new Subject("d.c", "a"));
    assertThat(event.operation()).isEqualTo("insert");
    assertThat(event.sequence()).isZero();
    assertThat(read(change.toJson().getBytes(StandardCharsets.UTF_8), asPointer).event())
        .isEqualTo(event);
  }

  @Test
  void seesWhatMustNotLeave() {
    assertThat(read(insert(5, "sesame-1")).leaks()).containsExactly("the body");
  }

  @Test
  void takesTheSequenceOfAnUpdateFromWhatItSet() {
    assertThat(read(update(4, "{\"_id\": \"a\", \"n\": 9}")).event().sequence()).isEqualTo(4);
  }

  @Test
  void aDeleteHasNoSequence() {
    String delete =
        "{\"_id\": \"a\", \"operation\": \"delete\", \"document\": null,"
            + " \"metadata\": {\"position\": \"000000020000000300000000\"}}";

    assertThat(read(delete).event().sequence()).isEqualTo(Arrival.UNNUMBERED);
  }

  @Test
  void theDigestLeavesOutWhenTheEventWasReadAndWhatWasLookedUp() {
    assertThat(read(insert(5, "1970-01-01T00:00:09Z")).digest())
        .isEqualTo(read(insert(5, "1970-01-01T00:00:10Z")).digest());
    assertThat(read(update(4, "{\"n\": 9}")).digest()).isEqualTo(read(update(4, "null")).digest());
  }

  @Test
  void theDigestTakesInEverythingElse() {
    assertThat(read(insert(5, "x")).digest()).isNotEqualTo(read(insert(6, "x")).digest());
    assertThat(read(update(4, "null")).digest()).isNotEqualTo(read(update(5, "null")).digest());
    assertThat(read(update(4, "null").replace("\"_id\": \"a\"", "\"_id\": \"b\"")).digest())
        .isNotEqualTo(read(update(4, "null")).digest());
  }

  @Test
  void cannotReadWhatIsNoMessageOfSluice() {
    assertThat(read("[]").event().operation()).isEqualTo(Arrival.UNREADABLE);
    assertThat(read("{}").event().operation()).isEqualTo(Arrival.UNREADABLE);
    assertThat(read("{}").digest()).contains("no metadata.position");
  }

  @Test
  void cannotReadAMessageWhoseHeaderHasAnotherPosition() {
    byte[] body = insert(5, "x").getBytes(StandardCharsets.UTF_8);

    assertThat(read(body, Map.of("position", "0")).digest()).contains("The header position");
  }
}
