package dev.sluice.target.mongodb;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.TargetException;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CopiedStateTest {
  private static CopiedState state(String id, String type, String json) {
    return CopiedState.of(insert(PLAYS, new DocumentKey(id, type), position(1), json));
  }

  private static BsonValue value(String json) {
    return BsonDocument.parse("{\"v\": " + json + "}").get("v");
  }

  @Test
  void canonicalJsonIsTheDocumentItself() {
    String json =
        "{\"_id\": {\"$oid\": \"665f1c2a9d3e4b0012345678\"}, \"i\": {\"$numberInt\": \"1\"},"
            + " \"l\": {\"$numberLong\": \"1\"}, \"d\": {\"$numberDouble\": \"1.0\"}}";

    assertThat(state("665f1c2a9d3e4b0012345678", "objectId", json).document())
        .isEqualTo(BsonDocument.parse(json));
  }

  /** A server takes what begins with such a name for an update. */
  @Test
  void theIdIsTheFirstFieldWhateverTheOthersAreCalled() {
    assertThat(
            state("7", "int", "{\"$set\": {\"word\": \"QUIZ\"}, \"_id\": 7}").document().toJson())
        .isEqualTo("{\"_id\": 7, \"$set\": {\"word\": \"QUIZ\"}}");
  }

  @Test
  void theOtherFieldsStayAsTheyAreWithAnIdOrWithout() {
    String rest = "\"_i\": 1, \"_idx\": {\"_id\": 2}, \"é\": [\"x\"]}";
    BsonDocument expected = BsonDocument.parse("{\"_id\": 7, " + rest);
    for (String json : List.of("{" + rest, "{\"_id\": \"7\", " + rest, "{\"_id\": 7, " + rest)) {
      assertThat(state("7", "int", json).document().toJson()).isEqualTo(expected.toJson());
    }
    assertThat(state("7", "int", "{}").document()).isEqualTo(BsonDocument.parse("{\"_id\": 7}"));
  }

  /** Relaxed JSON does not tell an int from a long, and plain JSON no ObjectId from a text. */
  @Test
  void theIdHasTheTypeThatTheMessageNames() {
    CopiedState one = state("7", "long", "{\"_id\": 7, \"n\": 7}");
    assertThat(one.id()).isEqualTo(new BsonInt64(7));
    assertThat(one.document())
        .isEqualTo(new BsonDocument("_id", new BsonInt64(7)).append("n", new BsonInt32(7)));
    assertThat(
            state("665f1c2a9d3e4b0012345678", "objectId", "{\"_id\": \"665f1c2a9d3e4b0012345678\"}")
                .document()
                .get("_id"))
        .isEqualTo(value("{\"$oid\": \"665f1c2a9d3e4b0012345678\"}"));
    assertThat(state("3.0", "double", "{}").id()).isEqualTo(new BsonDouble(3));
  }

  @Test
  void aDeleteOfAShardedCollectionHasTheSameIdAsTheInsert() {
    DocumentKey whole = DocumentKey.whole("{\"_id\": \"7\", \"city\": \"Rome\"}", "long");
    CopiedState deleted = CopiedState.of(delete(PLAYS, whole, position(2)));

    assertThat(deleted.id()).isEqualTo(new BsonInt64(7));
    assertThat(deleted.isDeleted()).isTrue();
    CopiedState inserted =
        CopiedState.of(insert(PLAYS, whole, position(1), "{\"_id\": \"7\", \"city\": \"Rome\"}"));
    assertThat(inserted.document().get("_id")).isEqualTo(deleted.id());
    assertThat(inserted.place()).isEqualTo(deleted.place()).containsKey("key");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7 | {\"$numberLong\": \"7\"} | true",
        "7 | 7.0 | true",
        "{\"$numberDecimal\": \"7.00\"} | {\"$numberLong\": \"7\"} | true",
        "{\"a\": [1]} | {\"a\": [{\"$numberLong\": \"1\"}]} | true",
        "0 | -0.0 | true",
        "9007199254740993 | 9007199254740992.0 | false",
        "7 | \"7\" | false",
        "{\"$numberDouble\": \"NaN\"} | {\"$numberDouble\": \"Infinity\"} | false"
      })
  void idsAreComparedAsMongoDbDoes(String one, String other, boolean same) {
    assertThat(CopiedState.comparable(value(one)).equals(CopiedState.comparable(value(other))))
        .isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource({"02000000, stringBytes", "no digits, long", "'{\"city\": 1}', documentKey:int"})
  void anIdThatCannotBeRestoredIsRefused(String id, String type) {
    assertThatThrownBy(() -> state(id, type, "{}"))
        .isInstanceOfSatisfying(
            TargetException.class, refused -> assertThat(refused.event()).isPresent());
  }
}
