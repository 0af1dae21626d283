package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import de.bwaldvogel.mongo.bson.Document;
import java.nio.ByteBuffer;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdateDescriptionTest {

  private static Document doc(String json) {
    ByteBuffer buffer =
        new RawBsonDocument(BsonDocument.parse(json), new BsonDocumentCodec())
            .getByteBuffer()
            .asNIO();
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return BsonReader.document(bytes);
  }

  @ParameterizedTest(name = "{0}: {1} -> {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "{$set: {o: {x: 1, y: 2}}} | {o: {x: 1}} | {o: {x: 1, y: 2}} | {o: {x: 1, y: 2}}",
        "{$set: {'o.y': 2}} | {o: {x: 1}} | {o: {x: 1, y: 2}} | {'o.y': 2}",
        "{$set: {'o.y': 2}} | {} | {o: {y: 2}} | {o: {y: 2}}",
        "{$set: {'a.1': 9}} | {a: [1, 2]} | {a: [1, 9]} | {'a.1': 9}",
        "{$push: {a: 3}} | {a: [1, 2]} | {a: [1, 2, 3]} | {'a.2': 3}",
        "{$push: {a: 3}} | {} | {a: [3]} | {a: [3]}",
        "{$addToSet: {a: 3}} | {a: [1]} | {a: [1, 3]} | {a: [1, 3]}",
        "{$pop: {a: 1}} | {a: [1, 2]} | {a: [1]} | {a: [1]}",
        "{$inc: {'a.$.n': 1}} | {a: [{n: 1}, {n: 2}]} | {a: [{n: 1}, {n: 3}]} | {'a.1.n': 3}",
        "{$inc: {'a.$[].n': 1}} | {a: [{n: 1}, {n: 2}]} | {a: [{n: 2}, {n: 3}]}"
            + " | {'a.0.n': 2, 'a.1.n': 3}",
        "{$set: {b: 1, a: 2}} | {} | {b: 1, a: 2} | {a: 2, b: 1}",
      })
  void operatorsLogThePathsTheyName(String update, String before, String after, String updated) {
    UpdateDescription description =
        UpdateDescription.ofOperators(doc(update), doc(before), doc(after));

    assertThat(description.document().get("updatedFields")).isEqualTo(doc(updated));
  }

  @Test
  void whatIsGoneIsNamedAndARenameIsBoth() {
    Document update = doc("{$unset: {x: ''}, $rename: {y: 'z'}}");

    Document description =
        UpdateDescription.ofOperators(update, doc("{x: 1, y: 2}"), doc("{z: 2}")).document();

    assertThat(description)
        .isEqualTo(doc("{updatedFields: {z: 2}, removedFields: ['x', 'y'], truncatedArrays: []}"));
  }

  @Test
  void theDifferenceOfTwoDocumentsGoesIntoThem() {
    Document description =
        UpdateDescription.ofDifference(
                doc("{keep: 1, o: {x: 1, y: 1}, a: [1, 2, 3], b: [1], gone: 1}"),
                doc("{keep: 1, o: {x: 2, y: 1}, a: [1, 9], b: [1, 2], made: 1}"))
            .document();

    assertThat(description)
        .isEqualTo(
            doc(
                "{updatedFields: {'a.1': 9, 'b.1': 2, made: 1, 'o.x': 2},"
                    + " removedFields: ['gone'],"
                    + " truncatedArrays: [{field: 'a', newSize: 2}]}"));
  }
}
