package dev.sluice.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.Test;

class DocumentKeyTest {
  private static final Namespace ORDERS = new Namespace("shop", "orders");

  private static DocumentKey key(BsonValue id) {
    return DocumentKey.of(ORDERS, Key.of(new BsonDocument("_id", id)));
  }

  @Test
  void valuesThatAnIndexHoldsForEqualAreOneKeyAndAllOthersAreNot() {
    Set<DocumentKey> all = new HashSet<>();
    for (List<BsonValue> equal : AllKeys.IN_ORDER) {
      assertThat(equal).extracting(DocumentKeyTest::key).containsOnly(key(equal.get(0)));
      assertThat(all.add(key(equal.get(0)))).as(equal.toString()).isTrue();
    }
  }

  @Test
  void theSameIdInAnotherCollectionIsAnotherKey() {
    BsonValue id = AllKeys.IN_ORDER.get(0).get(0);

    assertThat(key(id))
        .isNotEqualTo(
            DocumentKey.of(
                new Namespace("shop", "customers"), Key.of(new BsonDocument("_id", id))));
  }
}
