package dev.sluice.shape;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.ChangeEvent;
import dev.sluice.config.FieldRule;
import dev.sluice.config.FieldRule.Action;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Secret;
import dev.sluice.config.ShapeSettings;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShapingTest {
  private static FieldRule rule(Action action, String path) {
    return new FieldRule(
        Optional.empty(),
        action,
        List.of(path.split("=")[0].split("\\.")),
        action == Action.RENAME ? path.split("=")[1] : null);
  }

  private static ShapeSettings rules(FieldRule... rules) {
    return new ShapeSettings(List.of(rules), Optional.of(new Secret("0123456789abcdef")), true);
  }

  static ChangeEvent event(BsonDocument event) {
    RawBsonDocument raw = new RawBsonDocument(event, new BsonDocumentCodec());
    ByteBuffer buffer = raw.getByteBuffer().asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return new ChangeEvent(bytes, 0, bytes.length, 42);
  }

  static BsonDocument envelopeOf(String operation) {
    return BsonDocument.parse(
        "{_id: {_data: '82'}, operationType: '"
            + operation
            + "', ns: {db: 'shop', coll: 'orders'}, documentKey: {_id: 1}}");
  }

  private static BsonDocument shaped(ShapeSettings settings, BsonDocument event) {
    ChangeEvent shaped = (ChangeEvent) new Shaping(settings).shape(event(event));
    return new RawBsonDocument(shaped.bytes(), shaped.start(), shaped.sizeBytes())
        .decode(new BsonDocumentCodec());
  }

  private static BsonDocument document(FieldRule rule, String json) {
    return shaped(
            rules(rule), envelopeOf("insert").append("fullDocument", BsonDocument.parse(json)))
        .getDocument("fullDocument");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "EXCLUDE | a | {_id: 1, a: 1, b: 2} | {_id: 1, b: 2}",
        "EXCLUDE | a.b | {_id: 1, a: {b: 1, c: 2}} | {_id: 1, a: {c: 2}}",
        "EXCLUDE | a.b | {_id: 1, a: [{b: 1, c: 2}, {b: 3}]} | {_id: 1, a: [{c: 2}, {}]}",
        "EXCLUDE | a.b | {_id: 1, a: [[{b: 1}], 5]} | {_id: 1, a: [[{}], 5]}",
        "EXCLUDE | a.1 | {_id: 1, a: [7, 8, 9]} | {_id: 1, a: [7, 9]}",
        "EXCLUDE | a.b | {_id: 1, 'a.b': 1, c: 2} | {_id: 1, c: 2}",
        "EXCLUDE | a | {_id: {a: 1}, a: 1} | {_id: {a: 1}}",
        "INCLUDE | a | {_id: 1, a: {x: [1]}, b: 2} | {_id: 1, a: {x: [1]}}",
        "INCLUDE | a.b | {_id: 1, a: {b: 1, c: 2}, b: 3} | {_id: 1, a: {b: 1}}",
        "INCLUDE | a.b | {_id: 1, a: 5} | {_id: 1}",
        "INCLUDE | a.b | {_id: 1, a: [{b: 1, c: 2}, 5, {c: 3}]} | {_id: 1, a: [{b: 1}, {}]}",
        "MASK | a.b | {_id: 1, a: {b: {c: 1}}} | {_id: 1, a: {b: '***'}}",
        "RENAME | a.b=z | {_id: 1, a: [{b: 1, c: 2}]} | {_id: 1, a: [{z: 1, c: 2}]}",
      })
  void shapesADocument(Action action, String path, String before, String after) {
    assertThat(document(rule(action, path), before)).isEqualTo(BsonDocument.parse(after));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "EXCLUDE | a.b | {'a.b': 1, 'a.c': 2} | {'a.c': 2}",
        "EXCLUDE | a.b | {'a.0.b': 1, 'a.0.c': 2} | {'a.0.c': 2}",
        "EXCLUDE | a.b | {'a.0': {b: 1, c: 2}} | {'a.0': {c: 2}}",
        "EXCLUDE | a.b | {a: {b: 1, c: 2}} | {a: {c: 2}}",
        "EXCLUDE | a.b | {'a.b.c.d': 1} | {}",
        "EXCLUDE | a.b | {a: [{b: 1}]} | {a: [{}]}",
        "INCLUDE | a.b | {'a.b.c': 1, 'a.d': 2, e: 3} | {'a.b.c': 1}",
        "INCLUDE | a.b | {a: {b: 1, c: 2}} | {a: {b: 1}}",
        "MASK | a.b | {'a.0.b': 1, 'a.b.c': 2} | {'a.0.b': '***', 'a.b.c': '***'}",
        "RENAME | a.b=z | {'a.0.b.c': 1} | {'a.0.z.c': 1}",
      })
  void shapesTheFieldsOfAnUpdateByTheirPaths(
      Action action, String path, String before, String after) {
    BsonDocument update =
        BsonDocument.parse("{removedFields: [], truncatedArrays: []}")
            .append("updatedFields", BsonDocument.parse(before));

    BsonDocument shaped =
        shaped(rules(rule(action, path)), envelopeOf("update").append("updateDescription", update));

    assertThat(shaped.getDocument("updateDescription").getDocument("updatedFields"))
        .isEqualTo(BsonDocument.parse(after));
  }

  @Test
  void namesNoHiddenFieldAmongThoseThatWereRemovedOrCut() {
    BsonDocument update =
        BsonDocument.parse(
            "{updatedFields: {}, removedFields: ['a.b', 'a.0.b.c', 'a', 'x'], truncatedArrays:"
                + " [{field: 'a.b', newSize: 1}, {field: 'x', newSize: 2}],"
                + " disambiguatedPaths: {'a.b': ['a', 'b']}}");

    BsonDocument shaped =
        shaped(
            rules(rule(Action.EXCLUDE, "a.b"), rule(Action.RENAME, "x=y")),
            envelopeOf("update").append("updateDescription", update));

    assertThat(shaped.getDocument("updateDescription"))
        .isEqualTo(
            BsonDocument.parse(
                "{updatedFields: {}, removedFields: ['a', 'y'], truncatedArrays: [{field: 'y',"
                    + " newSize: 2}]}"));
  }

  @Test
  void hashesEqualValuesAlikeAndOthersNot() {
    BsonDocument shaped =
        shaped(
            rules(rule(Action.HASH, "a")),
            envelopeOf("update")
                .append("fullDocument", BsonDocument.parse("{_id: 1, a: 'x'}"))
                .append("fullDocumentBeforeChange", BsonDocument.parse("{_id: 1, a: 'y'}"))
                .append(
                    "updateDescription",
                    BsonDocument.parse("{updatedFields: {a: 'x'}, removedFields: []}")));

    String after = shaped.getDocument("fullDocument").getString("a").getValue();
    String before = shaped.getDocument("fullDocumentBeforeChange").getString("a").getValue();
    assertThat(after).matches("[0-9a-f]{64}").isNotEqualTo(before);
    assertThat(
            shaped
                .getDocument("updateDescription")
                .getDocument("updatedFields")
                .getString("a")
                .getValue())
        .isEqualTo(after);
  }

  @Test
  void leavesAnEventOfAnotherCollectionAsItIs() {
    FieldRule elsewhere =
        new FieldRule(
            Optional.of(NamespacePattern.of("shop", "other")), Action.EXCLUDE, List.of("a"), null);
    ChangeEvent event =
        event(envelopeOf("insert").append("fullDocument", BsonDocument.parse("{_id: 1, a: 1}")));

    assertThat(new Shaping(rules(elsewhere)).shape(event)).isSameAs(event);
  }

  @Test
  void seesAnUpdateOfHiddenFieldsOnly() {
    Shaping shaping = new Shaping(rules(rule(Action.EXCLUDE, "a")));
    ChangeEvent hidden = update("{updatedFields: {a: 1}, removedFields: ['a.b']}");
    ChangeEvent visible = update("{updatedFields: {a: 1, b: 1}, removedFields: []}");
    ChangeEvent nothing = update("{updatedFields: {}, removedFields: []}");

    assertThat(shaping.isUnchanged(hidden, shaping.shape(hidden))).isTrue();
    assertThat(shaping.isUnchanged(visible, shaping.shape(visible))).isFalse();
    assertThat(shaping.isUnchanged(nothing, shaping.shape(nothing))).isFalse();
  }

  private static ChangeEvent update(String description) {
    return event(envelopeOf("update").append("updateDescription", BsonDocument.parse(description)));
  }
}
