package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Position;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.Headers;
import dev.sluice.config.KeyTemplate;
import dev.sluice.config.MessageProperties;
import dev.sluice.config.RouteSettings;
import dev.sluice.route.Routes;
import dev.sluice.testing.ScriptedParts;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The header traceparent, of the field that the settings name. */
class TraceparentTest {
  private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  /** What W3C Trace Context has as an example beside that. */
  private static final String OTHER = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

  private static Map<String, Object> headers(String field, EventBuilder event) {
    return headers(field, event.build());
  }

  private static Map<String, Object> headers(String field, Change event) {
    return headers(field, MessageProperties.NONE, event);
  }

  private static Map<String, Object> headers(
      String field, MessageProperties properties, Change event) {
    return headers(ScriptedParts.ENVELOPES, field, properties, event);
  }

  private static Map<String, Object> headers(
      EnvelopeSettings settings, String field, MessageProperties properties, Change event) {
    Routes routes =
        new Routes(
            new RouteSettings(KeyTemplate.DEFAULT, properties, List.of(), Optional.of(field)));
    return new EnvelopeEncoder(settings, routes, 1 << 20).encode(event).headers();
  }

  private static String json(String text) {
    return text.replace("PARENT", PARENT).replace("OTHER", OTHER);
  }

  @Test
  void isThatOfAnInsertOrAReplace() {
    String document = json("{'n': 1, 'trace': 'PARENT', 'z': 2}");

    assertThat(headers("trace", EventBuilder.insert().document(document)))
        .containsEntry("traceparent", PARENT);
    assertThat(headers("trace", EventBuilder.replace().document(document)))
        .containsEntry("traceparent", PARENT);
  }

  @Test
  void isFoundBelowOtherFieldsAndUnderNoneThatIsLike() {
    String document =
        json(
            "{'met': {'by': 'OTHER'}, 'metas': {'by': 'OTHER'}, 'meta': {'b': 'OTHER', 'by1':"
                + " 'OTHER', 'by': 'PARENT'}}");

    assertThat(headers("meta.by", EventBuilder.insert().document(document)))
        .containsEntry("traceparent", PARENT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'updatedFields': {'a': 1, 'meta.by': 'PARENT'}, 'removedFields': []}",
        "{'updatedFields': {'a': 1, 'meta': {'x': 1, 'by': 'PARENT'}}, 'removedFields': []}"
      })
  void isThatWhichAnUpdateHasSet(String update) {
    EventBuilder event =
        EventBuilder.update(json(update)).document(json("{'meta': {'by': 'OTHER'}}"));

    assertThat(headers("meta.by", event)).containsEntry("traceparent", PARENT);
  }

  /** The one that stands in the document is of whoever wrote it before, or since. */
  @Test
  void isNotThatOfAnotherWriter() {
    EventBuilder event =
        EventBuilder.update("{'updatedFields': {'score': 2}, 'removedFields': []}")
            .document(json("{'score': 2, 'trace': 'OTHER'}"));

    assertThat(headers("trace", event)).doesNotContainKey("traceparent");
  }

  @Test
  void isThereWithoutOtherHeaders() {
    EnvelopeSettings all = ScriptedParts.ENVELOPES;
    EnvelopeSettings none =
        new EnvelopeSettings(
            all.pipeline(),
            all.scope(),
            all.view(),
            all.format(),
            all.json(),
            Headers.NONE,
            all.compression(),
            all.compressAboveBytes());
    Change event = EventBuilder.insert().document(json("{'trace': 'PARENT'}")).build();

    assertThat(headers(none, "trace", MessageProperties.NONE, event))
        .containsExactly(Map.entry("traceparent", PARENT));
  }

  @Test
  void isMissingWhereNothingIsWritten() {
    EventBuilder delete = EventBuilder.delete().before(json("{'trace': 'PARENT'}"));

    assertThat(headers("trace", delete)).doesNotContainKey("traceparent");
    assertThat(headers("trace", EventBuilder.ofCollection("drop")))
        .doesNotContainKey("traceparent");
  }

  @Test
  void isMissingWhereASnapshotReads() {
    BsonDocument event =
        BsonDocument.parse(
            json(
                "{_id: {snapshot: 's'}, operationType: 'read', clusterTime: {$timestamp: {t: 1, i:"
                    + " 1}}, ns: {db: 'scrabble', coll: 'scrabble'}, documentKey: {_id: 1},"
                    + " fullDocument: {_id: 1, trace: 'PARENT'}}"));
    ByteBuffer raw = new RawBsonDocument(event, new BsonDocumentCodec()).getByteBuffer().asNIO();
    byte[] bytes = new byte[raw.remaining()];
    raw.get(bytes);

    assertThat(
            headers("trace", ChangeEvent.read(bytes, 0, new Position.At(new BsonTimestamp(1, 1)))))
        .containsEntry("operation", "read")
        .doesNotContainKey("traceparent");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'trace': 'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'}",
        "{'trace': '00-00000000000000000000000000000000-b7ad6b7169203331-01'}",
        "{'trace': '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01'}",
        "{'trace': '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01'}",
        "{'trace': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-'}",
        "{'trace': 'QUIZ'}",
        "{'trace': ''}",
        "{'trace': 7}",
        "{'trace': null}",
        "{'trace': ['PARENT']}",
        "{'trace': {'trace': 'PARENT'}}",
        "{'Trace': 'PARENT'}",
        "{}"
      })
  void isMissingWhereTheFieldHoldsNone(String document) {
    assertThat(headers("trace", EventBuilder.insert().document(json(document))))
        .doesNotContainKey("traceparent");
  }

  @Test
  void goesBesideOtherHeadersAndBeforeOneThatSomebodyWantsUnderItsName() {
    MessageProperties properties =
        new MessageProperties(
            Map.of(
                "player", KeyTemplate.parse("{document.player}"),
                "traceparent", KeyTemplate.parse("{document.other}")),
            Optional.empty(),
            Optional.empty());
    Change event =
        EventBuilder.insert()
            .document(json("{'player': 'Ann', 'trace': 'PARENT', 'other': 'OTHER'}"))
            .build();

    assertThat(headers("trace", properties, event))
        .containsEntry("player", "Ann")
        .containsEntry("traceparent", PARENT);
  }
}
