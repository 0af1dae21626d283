package dev.sluice.embedded.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;

/** Ranges of the index on {@code _id}, over ids of all types, and how much a reply holds. */
class IdRangeContractIT extends ReadContract {

  /** One id of every type that may be one, in a server's order of values. */
  private static final List<String> IDS_IN_ORDER =
      List.of(
          "{$minKey: 1}",
          "null",
          "{$numberDouble: 'NaN'}",
          "{$numberDouble: '-Infinity'}",
          "{$numberLong: '-9007199254740993'}",
          "{$numberDouble: '-1.5'}",
          "{$numberDouble: '-0.0'}",
          "{$numberDecimal: '0.1'}",
          "{$numberDouble: '0.1'}",
          "{$numberInt: '5'}",
          "{$numberDecimal: '5.5'}",
          "{$numberLong: '9007199254740992'}",
          "{$numberLong: '9007199254740993'}",
          "{$numberDecimal: '1E+30'}",
          "{$numberDouble: 'Infinity'}",
          "''",
          "'A'",
          "'a'",
          "'\uFF5E'",
          "'\uD83D\uDE00'",
          "{}",
          "{a: {$numberInt: '1'}}",
          "{a: {$numberInt: '1'}, b: 1}",
          "{b: {$numberDouble: '1.0'}}",
          "{a: 'x'}",
          "{$binary: {base64: 'AQ==', subType: '05'}}",
          "{$binary: {base64: 'AQI=', subType: '00'}}",
          "{$binary: {base64: 'AAECAwQFBgcICQoLDA0ODw==', subType: '04'}}",
          "{$oid: '665f1c2a9d3e4b0012345678'}",
          "false",
          "true",
          "{$date: {$numberLong: '-1'}}",
          "{$date: {$numberLong: '1795136523456'}}",
          "{$timestamp: {t: 1, i: 1}}",
          "{$maxKey: 1}");

  private static List<BsonValue> everyId() {
    return IDS_IN_ORDER.stream().map(json -> doc("{v: " + json + "}").get("v")).toList();
  }

  /** A chunk as a snapshot asks for it: behind the last id, in the order of the index. */
  private static BsonDocument chunk(BsonValue last, int limit) {
    BsonDocument find =
        doc("{find: 'words', hint: {_id: 1}, sort: {_id: 1}, singleBatch: true}")
            .append("limit", new BsonInt32(limit))
            .append("batchSize", new BsonInt32(limit));
    return last == null
        ? find
        : find.append("min", new BsonDocument("_id", last))
            .append("filter", new BsonDocument("_id", new BsonDocument("$ne", last)));
  }

  @Test
  void chunksMeetWhateverTheTypesOfTheIds() {
    List<BsonValue> shuffled = new ArrayList<>(everyId());
    Collections.shuffle(shuffled, new Random(1));
    shuffled.forEach(id -> words.insertOne(new BsonDocument("_id", id)));

    for (int size : new int[] {1, 2, 7, 100}) {
      List<BsonValue> read = new ArrayList<>();
      BsonDocument first = chunk(null, size).append("min", doc("{_id: {$minKey: 1}}"));
      List<BsonValue> found = ids(database.runCommand(first, BsonDocument.class));
      while (!found.isEmpty()) {
        read.addAll(found);
        BsonValue last = found.get(found.size() - 1);
        found = ids(database.runCommand(chunk(last, size), BsonDocument.class));
      }
      // The end of a range is MaxKey, and not part of it.
      assertThat(read).isEqualTo(everyId().subList(0, everyId().size() - 1));
    }
    assertThat(ids(run("{find: 'words', filter: {_id: {$maxKey: 1}}}"))).hasSize(1);
  }

  @Test
  void everyIdIsFoundByItself() {
    everyId().forEach(id -> words.insertOne(new BsonDocument("_id", id)));

    for (BsonValue id : everyId()) {
      BsonDocument find = doc("{find: 'words'}").append("filter", new BsonDocument("_id", id));
      assertThat(ids(database.runCommand(find, BsonDocument.class))).containsExactly(id);
    }
  }

  @Test
  void numbersThatCompareEqualAreOneId() {
    words.insertOne(doc("{_id: 5}"));

    for (String same : List.of("{$numberLong: '5'}", "5.0", "{$numberDecimal: '5.00'}")) {
      BsonDocument reply = run("{insert: 'words', documents: [{_id: " + same + "}]}");
      assertThat(reply.getArray("writeErrors").get(0).asDocument().getInt32("code").getValue())
          .isEqualTo(11000);
    }
  }

  @Test
  void aRangeHoldsItsStartAndNotItsEnd() {
    insertNumbers(10);

    assertThat(ids(run("{find: 'words', hint: {_id: 1}, min: {_id: 3}, max: {_id: 6}}")))
        .isEqualTo(numbers(3, 6));
    assertThat(ids(run("{find: 'words', hint: '_id_', max: {_id: 2.5}}"))).isEqualTo(numbers(0, 3));
    assertThat(ids(run("{find: 'words', hint: {_id: 1}, min: {_id: 'a'}}"))).isEmpty();
    assertThat(ids(run("{find: 'words', hint: {_id: 1}, min: {_id: 8}, sort: {_id: -1}}")))
        .containsExactly(new BsonInt32(9), new BsonInt32(8));
  }

  @Test
  void boundsThatMakeNoSenseAreRefused() {
    insertNumbers(1);

    assertThat(codeOf("{find: 'words', min: {_id: 3}}")).isIn(51173, 291);
    assertThat(codeOf("{find: 'words', hint: {_id: 1}, min: {x: 3}}")).isEqualTo(51174);
    assertThat(codeOf("{find: 'words', hint: {_id: 1}, min: {_id: 3}, max: {_id: 3}}"))
        .isEqualTo(51175);
    assertThat(codeOf("{find: 'words', hint: {_id: 1}, min: {_id: 'a'}, max: {_id: 3}}"))
        .isEqualTo(51175);
    assertThat(codeOf("{find: 'words', hint: {_id: 1}, min: {_id: {$maxKey: 1}}}"))
        .isEqualTo(51175);
    assertThat(codeOf("{find: 'words', hint: {nothing: 1}}")).isEqualTo(2);
    assertThat(ids(run("{find: 'none', hint: {_id: 1}, min: {_id: 3}}"))).isEmpty();
  }

  @Test
  void aFirstReplyHoldsAHundredAndOneUnlessTheBatchSizeSaysMore() {
    insertNumbers(300);

    assertThat(ids(run("{find: 'words', limit: 200, singleBatch: true}"))).hasSize(101);
    BsonDocument reply = run("{find: 'words', limit: 200, batchSize: 200, singleBatch: true}");
    assertThat(ids(reply)).hasSize(200);
    assertThat(reply.getDocument("cursor").getInt64("id").getValue()).isZero();
  }

  @Test
  void aReplyIsShortWhereDocumentsAreLarge() {
    for (int i = 0; i < 5; i++) {
      words.insertOne(
          new BsonDocument("_id", new BsonInt32(i))
              .append("blob", new BsonBinary(new byte[5 * 1024 * 1024])));
    }

    BsonDocument first = database.runCommand(chunk(null, 100), BsonDocument.class);
    BsonDocument second = database.runCommand(chunk(new BsonInt32(2), 100), BsonDocument.class);

    assertThat(ids(first)).isEqualTo(numbers(0, 3));
    assertThat(ids(second)).isEqualTo(numbers(3, 5));
    assertThat(first.getDocument("cursor").getInt64("id").getValue()).isZero();
  }

  @Test
  void bucketsAndSamplesCutACollectionIntoRanges() {
    everyId().forEach(id -> words.insertOne(new BsonDocument("_id", id)));

    List<BsonDocument> buckets =
        batch(
            run(
                "{aggregate: 'words', cursor: {}, pipeline:"
                    + " [{$bucketAuto: {groupBy: '$_id', buckets: 4}}]}"));
    assertThat(buckets).hasSize(4);
    assertThat(buckets.get(0).getDocument("_id").get("min")).isEqualTo(everyId().get(0));
    for (int i = 1; i < buckets.size(); i++) {
      assertThat(buckets.get(i - 1).getDocument("_id").get("max"))
          .isEqualTo(buckets.get(i).getDocument("_id").get("min"));
    }

    List<BsonValue> sampled =
        ids(
            run(
                "{aggregate: 'words', cursor: {}, pipeline:"
                    + " [{$sample: {size: 8}}, {$project: {_id: 1}}, {$sort: {_id: 1}}]}"));
    assertThat(sampled).isEqualTo(everyId().stream().filter(sampled::contains).toList()).hasSize(8);
  }

  @Test
  void aSampleOfManyIsAsLargeAsAskedFor() {
    insertNumbers(3_000);

    assertThat(
            ids(
                run(
                    "{aggregate: 'words', cursor: {batchSize: 1000}, pipeline:"
                        + " [{$sample: {size: 40}}, {$project: {_id: 1}}, {$sort: {_id: 1}}]}")))
        .hasSize(40)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(
            (a, b) -> Integer.compare(a.asInt32().getValue(), b.asInt32().getValue()));
  }

  @Test
  void theIndexOnIdIsInTheOrderOfTheCollation() {
    run("{create: 'words', collation: {locale: 'en', strength: 2}}");
    for (String id : List.of("b", "A", "C", "a1")) {
      words.insertOne(new BsonDocument("_id", new org.bson.BsonString(id)));
    }
    BsonDocument again = run("{insert: 'words', documents: [{_id: 'a'}]}");

    assertThat(again.getArray("writeErrors")).hasSize(1);
    assertThat(ids(run("{find: 'words', hint: {_id: 1}, sort: {_id: 1}}")))
        .extracting(id -> id.asString().getValue())
        .containsExactly("A", "a1", "b", "C");
    assertThat(ids(run("{find: 'words', hint: {_id: 1}, min: {_id: 'B'}, max: {_id: 'c'}}")))
        .extracting(id -> id.asString().getValue())
        .containsExactly("b");
    assertThat(
            ids(run("{find: 'words', hint: {_id: 1}, min: {_id: 'B'}, filter: {_id: {$ne: 'B'}}}")))
        .extracting(id -> id.asString().getValue())
        .containsExactly("C");
  }
}
