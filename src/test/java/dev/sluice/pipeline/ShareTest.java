package dev.sluice.pipeline;

import static dev.sluice.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Gap;
import dev.sluice.change.Oversized;
import dev.sluice.config.Partition;
import dev.sluice.testing.Events;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;

class ShareTest {
  private static List<Share> shares(int of) {
    return IntStream.range(0, of).mapToObj(i -> new Share(new Partition(i, of))).toList();
  }

  private static List<Integer> carriers(List<Share> shares, Change change) {
    return IntStream.range(0, shares.size())
        .filter(i -> shares.get(i).has(change))
        .boxed()
        .toList();
  }

  private static ChangeEvent insert(BsonValue id, String collection) {
    BsonDocument key = new BsonDocument("_id", id);
    return Events.of(
        new BsonDocument("_id", new BsonDocument("_data", new BsonString("82")))
            .append("operationType", new BsonString("insert"))
            .append("clusterTime", new BsonTimestamp(1, 1))
            .append("fullDocument", key)
            .append("documentKey", key)
            .append(
                "ns",
                new BsonDocument("db", new BsonString("shop"))
                    .append("coll", new BsonString(collection))));
  }

  @Test
  void eachDocumentIsCarriedByOneAndAllByAboutAsMany() {
    List<Share> shares = shares(8);
    int[] carried = new int[8];
    for (int id = 0; id < 8_000; id++) {
      List<Integer> by = carriers(shares, event("insert", 1, id));
      assertThat(by).hasSize(1);
      carried[by.get(0)]++;
    }
    // Six standard deviations of a fair choice.
    assertThat(IntStream.of(carried).boxed())
        .allSatisfy(count -> assertThat(count).isBetween(820, 1_180));
  }

  /** A change of the hash would have two pipelines carry one document, in no order. */
  @Test
  void aDocumentsPartitionIsTheSameForEver() {
    List<Share> shares = shares(16);

    assertThat(
            IntStream.range(0, 12).mapToObj(id -> carriers(shares, event("insert", 1, id)).get(0)))
        .containsExactly(7, 0, 9, 15, 4, 2, 0, 9, 1, 0, 0, 14);
    assertThat(carriers(shares, insert(new BsonString("QUIZ"), "plays"))).containsExactly(14);
  }

  @Test
  void aDocumentKeepsItsPartitionThroughAllItsChangesAndUnderAnotherName() {
    List<Share> shares = shares(7);

    assertThat(carriers(shares, event("delete", 2, 77)))
        .isEqualTo(carriers(shares, event("insert", 1, 77)));
    assertThat(carriers(shares, insert(new BsonInt32(5), "plays")))
        .isEqualTo(carriers(shares, insert(new BsonInt32(5), "games")));
    assertThat(carriers(shares, new Oversized(event("insert", 1, 77), "too large")))
        .isEqualTo(carriers(shares, event("insert", 1, 77)));
  }

  @Test
  void whatConcernsACollectionIsCarriedByAll() {
    Gap gap = new Gap(Optional.empty(), new BsonTimestamp(1, 1), "for a test");

    assertThat(carriers(shares(3), gap)).containsExactly(0, 1, 2);
    assertThat(carriers(shares(3), event("drop", 1, 0))).containsExactly(0, 1, 2);
  }
}
