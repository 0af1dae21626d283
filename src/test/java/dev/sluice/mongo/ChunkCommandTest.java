package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import dev.sluice.snapshot.AllKeys;
import dev.sluice.snapshot.ChunkRequest;
import dev.sluice.snapshot.Key;
import dev.sluice.snapshot.KeyRange;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonMaxKey;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;

/** The {@code find} of a chunk as a server gets it. */
class ChunkCommandTest {
  private static final Namespace ORDERS = new Namespace("shop", "orders");
  private static final BsonTimestamp TIME = new BsonTimestamp(1_700_000_000, 3);
  private static final KeyRange ALL = KeyRange.of(ORDERS);
  private static final Key FIVE = key("5");
  private static final Key NINE = key("9");

  private static Key key(String json) {
    return Key.of(BsonDocument.parse("{_id: " + json + "}"));
  }

  private static KeyRange from(Key start, Key end) {
    return new KeyRange(ORDERS, start, false, end);
  }

  private static KeyRange behind(Key start, Key end) {
    return new KeyRange(ORDERS, start, true, end);
  }

  private static ChunkRequest request(KeyRange range, String match) {
    return new ChunkRequest(range, TIME.getValue(), 1000, match);
  }

  /** As it goes over the wire: bytes that came from a server among them are documents again. */
  private static BsonDocument sent(BsonDocument command) {
    return BsonDocument.parse(command.toJson());
  }

  private static BsonDocument at(KeyRange range) {
    return sent(ChunkCommand.at(request(range, ""), false));
  }

  private static BsonDocument at(KeyRange range, String match) {
    return sent(ChunkCommand.at(request(range, match), false));
  }

  /** Without what is the same in all. */
  private static BsonDocument bounds(BsonDocument command) {
    BsonDocument bounds = new BsonDocument();
    for (String name : List.of("filter", "min", "max")) {
      if (command.containsKey(name)) {
        bounds.append(name, command.get(name));
      }
    }
    return bounds;
  }

  private static BsonDocument doc(String json) {
    return BsonDocument.parse(json);
  }

  @Test
  void isOneReplyInTheOrderOfTheIndexAsOfOneMoment() {
    assertThat(at(ALL))
        .isEqualTo(
            doc(
                "{find: 'orders', filter: {}, sort: {_id: 1}, hint: {_id: 1}, limit: 1000,"
                    + " batchSize: 1000, singleBatch: true, readConcern: {level: 'snapshot',"
                    + " atClusterTime: {$timestamp: {t: 1700000000, i: 3}}}}"));
  }

  /** A server takes the first name for the command. */
  @Test
  void beginsWithItsName() {
    for (BsonDocument command :
        List.of(
            ChunkCommand.at(request(ALL, ""), false),
            ChunkCommand.notBefore(request(ALL, ""), false),
            ChunkCommand.majority(request(ALL, ""), true),
            ChunkCommand.probe(ORDERS, ""))) {
      assertThat(command.getFirstKey()).isEqualTo("find");
    }
  }

  @Test
  void boundsAreThoseOfTheIndexAndNoComparisons() {
    assertThat(bounds(at(from(null, NINE)))).isEqualTo(doc("{filter: {}, max: {_id: 9}}"));
    assertThat(bounds(at(from(FIVE, NINE))))
        .isEqualTo(doc("{filter: {}, min: {_id: 5}, max: {_id: 9}}"));
    assertThat(bounds(at(from(FIVE, null)))).isEqualTo(doc("{filter: {}, min: {_id: 5}}"));
  }

  /** The first bound is inclusive, so a condition leaves out what was read. */
  @Test
  void whatTheRangeIsBehindIsLeftOut() {
    assertThat(bounds(at(behind(FIVE, NINE))))
        .isEqualTo(doc("{filter: {_id: {$ne: 5}}, min: {_id: 5}, max: {_id: 9}}"));
    assertThat(bounds(at(behind(FIVE, null))))
        .isEqualTo(doc("{filter: {_id: {$ne: 5}}, min: {_id: 5}}"));
  }

  /** No scan with bounds gives it. */
  @Test
  void maxKeyIsAskedForByNameAndWithoutBounds() {
    Key max = Key.of(new BsonDocument("_id", new BsonMaxKey()));

    assertThat(bounds(at(from(max, null)))).isEqualTo(doc("{filter: {_id: {$eq: {$maxKey: 1}}}}"));
  }

  @Test
  void oneDocumentThatIsWantedIsAskedForByNameAndWithoutBounds() {
    assertThat(bounds(at(KeyRange.only(ORDERS, FIVE)))).isEqualTo(doc("{filter: {_id: {$eq: 5}}}"));
  }

  @Test
  void aMatchStandsBesideWhatIsLeftOut() {
    String match = "{\"_id\": {\"$gt\": 3}, \"status\": \"open\"}";

    assertThat(at(ALL, match).get("filter")).isEqualTo(doc(match));
    assertThat(at(behind(FIVE, null), match).get("filter"))
        .isEqualTo(doc("{$and: [{_id: {$ne: 5}}, " + match + "]}"));
    assertThat(at(KeyRange.only(ORDERS, FIVE), match).get("filter"))
        .isEqualTo(doc("{$and: [{_id: {$eq: 5}}, " + match + "]}"));
  }

  @Test
  void keysOfAllTypesGoBackAsTheBytesThatCame() {
    for (List<BsonValue> equal : AllKeys.IN_ORDER) {
      for (BsonValue value : equal) {
        BsonDocument id = new BsonDocument("_id", value);
        BsonDocument command = ChunkCommand.at(request(behind(Key.of(id), Key.of(id)), ""), false);
        BsonDocument range = ChunkCommand.at(request(behind(Key.of(id), FIVE), ""), false);

        assertThat(command.getDocument("filter").getDocument("_id"))
            .as("as one document, %s", id)
            .isEqualTo(new BsonDocument("$eq", value));
        if (!(value instanceof BsonMaxKey) && !Key.of(id).equals(FIVE)) {
          assertThat(decoded(range, "min")).isEqualTo(id);
          assertThat(range.getDocument("filter").getDocument("_id"))
              .isEqualTo(new BsonDocument("$ne", value));
        }
      }
    }
  }

  private static BsonDocument decoded(BsonDocument command, String bound) {
    return ((RawBsonDocument) command.get(bound)).decode(new BsonDocumentCodec());
  }

  @Test
  void ofAMomentThatTheServerChoosesOrBeforeFiveOfMomentsFromOneOn() {
    String after = "afterClusterTime: {$timestamp: {t: 1700000000, i: 3}}}";

    assertThat(sent(ChunkCommand.notBefore(request(ALL, ""), false)).get("readConcern"))
        .isEqualTo(doc("{level: 'snapshot', " + after));
    assertThat(sent(ChunkCommand.majority(request(ALL, ""), false)).get("readConcern"))
        .isEqualTo(doc("{level: 'majority', " + after));
  }

  @Test
  void bringsKeysAloneWhereDocumentsAreNotWanted() {
    assertThat(ChunkCommand.at(request(ALL, ""), false)).doesNotContainKey("projection");
    assertThat(sent(ChunkCommand.at(request(ALL, ""), true)).get("projection"))
        .isEqualTo(doc("{_id: 1}"));
  }

  @Test
  void aProbeAsksForOneDocumentInTheSameWayAndNotForLong() {
    assertThat(sent(ChunkCommand.probe(ORDERS, "{\"status\": \"open\"}")))
        .isEqualTo(
            doc(
                "{find: 'orders', filter: {status: 'open'}, sort: {_id: 1}, hint: {_id: 1},"
                    + " min: {_id: {$minKey: 1}}, limit: 1, singleBatch: true, maxTimeMS: 1000}"));
  }
}
