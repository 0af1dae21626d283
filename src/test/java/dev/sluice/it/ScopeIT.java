package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.MongoNamespace;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.IndexOptions;
import com.rabbitmq.client.Delivery;
import dev.sluice.testing.TestMongo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** One stream for as many collections as a deployment has. */
class ScopeIT {
  private final MongoClient client = TestMongo.shared().connect();
  private final String shop = TestMongo.freshDatabase("shop");
  private final String other = TestMongo.freshDatabase("other");

  @AfterEach
  void dropBoth() {
    client.getDatabase(shop).drop();
    client.getDatabase(other).drop();
    client.close();
  }

  private static PipelineUnderTest watching(String namespaces, String... more) throws Exception {
    Map<String, String> settings = new HashMap<>(Map.of("SLUICE_NAMESPACES", namespaces));
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return new PipelineUnderTest(settings).start();
  }

  private void insert(String database, String collection, int id) {
    collection(database, collection).insertOne(new BsonDocument("_id", new BsonInt32(id)));
  }

  private MongoCollection<BsonDocument> collection(String database, String name) {
    return client.getDatabase(database).getCollection(name, BsonDocument.class);
  }

  private static List<String> keys(PipelineUnderTest sluice) {
    return sluice.deliveries.stream()
        .map(delivery -> delivery.getEnvelope().getRoutingKey())
        .toList();
  }

  private static void awaitKeys(PipelineUnderTest sluice, String... keys) {
    await()
        .atMost(PipelineUnderTest.PATIENCE)
        .untilAsserted(() -> assertThat(keys(sluice)).containsExactly(keys));
  }

  @Test
  void aDatabaseIsWatchedWithWhatIsMadeInItLater() throws Exception {
    try (PipelineUnderTest sluice = watching(shop + ".*", "SLUICE_EXCLUDE", shop + ".tmp*")) {
      sluice.consume();
      insert(shop, "orders", 1);
      insert(shop, "tmp.a", 1);
      insert(other, "orders", 1);
      insert(shop, "größen mit.punkt", 1);
      insert(shop, "later", 2);

      awaitKeys(
          sluice,
          shop + ".orders.insert",
          shop + ".größen mit.punkt.insert",
          shop + ".later.insert");
    }
  }

  @Test
  void collectionsOfTwoDatabasesComeByOneStreamInItsOrder() throws Exception {
    try (PipelineUnderTest sluice =
        watching(shop + ".a, /^" + other + "\\.log_\\d+$/, " + other + ".b*")) {
      sluice.consume();
      insert(shop, "a", 1);
      insert(shop, "c", 1);
      insert(other, "log_7", 1);
      insert(other, "log_x", 1);
      insert(other, "bcd", 1);
      insert(shop, "a", 2);

      awaitKeys(
          sluice,
          shop + ".a.insert",
          other + ".log_7.insert",
          other + ".bcd.insert",
          shop + ".a.insert");
    }
  }

  @Test
  void theEndOfACollectionIsAnEventOfItAndTheStreamGoesOn() throws Exception {
    try (PipelineUnderTest sluice = watching(shop + ".*, " + other + ".a")) {
      sluice.consume();
      insert(shop, "a", 1);
      collection(shop, "a").drop();
      insert(shop, "b", 1);
      collection(shop, "b").renameCollection(new MongoNamespace(shop, "c"));
      insert(shop, "c", 2);
      client.getDatabase(shop).drop();
      insert(other, "a", 1);

      awaitKeys(
          sluice,
          shop + ".a.insert",
          shop + ".a.drop",
          shop + ".b.insert",
          shop + ".b.rename",
          shop + ".c.insert",
          shop + ".c.drop",
          shop + ".dropDatabase",
          other + ".a.insert");
      assertThat(sluice.states).hasSize(1);
    }
  }

  @Test
  void whatIsRenamedIntoTheScopeIsToldOf() throws Exception {
    try (PipelineUnderTest sluice = watching(shop + ".a, " + shop + ".b")) {
      sluice.consume();
      insert(shop, "aside", 1);
      collection(shop, "aside").renameCollection(new MongoNamespace(shop, "a"));
      insert(shop, "a", 2);

      await().atMost(PipelineUnderTest.PATIENCE).until(() -> sluice.deliveries.size() == 2);
      assertThat(operations(sluice.deliveries)).containsExactly("rename", "insert");
    }
  }

  private static List<String> operations(List<Delivery> deliveries) {
    return deliveries.stream().map(delivery -> delivery.getProperties().getType()).toList();
  }

  @Test
  void anotherScopeGoesOnAtThePositionsTime() throws Exception {
    try (PipelineUnderTest sluice = watching(shop + ".a")) {
      sluice.consume();
      insert(shop, "a", 1);
      sluice.awaitDeliveries(1);
      sluice.stop();
      insert(shop, "b", 1);
      insert(shop, "a", 2);

      sluice.environment().put("SLUICE_NAMESPACES", shop + ".*");
      sluice.start();
      awaitDistinct(sluice, shop + ".a.insert 1", shop + ".b.insert 1", shop + ".a.insert 2");

      sluice.stop();
      insert(shop, "a", 3);
      insert(shop, "b", 3);
      sluice.environment().put("SLUICE_NAMESPACES", shop + ".b");
      sluice.start();
      awaitDistinct(
          sluice,
          shop + ".a.insert 1",
          shop + ".b.insert 1",
          shop + ".a.insert 2",
          shop + ".b.insert 3");
    }
  }

  @Test
  void otherOperationsGoOnAtThePositionsTimeToo() throws Exception {
    try (PipelineUnderTest sluice = watching(shop + ".a", "SLUICE_OPERATIONS", "delete")) {
      sluice.consume();
      insert(shop, "a", 1);
      collection(shop, "a").deleteOne(new BsonDocument());
      sluice.awaitDeliveries(1);
      sluice.stop();
      insert(shop, "a", 2);

      sluice.environment().put("SLUICE_OPERATIONS", "insert");
      sluice.start();

      awaitDistinct(sluice, shop + ".a.delete 1", shop + ".a.insert 2");
    }
  }

  private static void awaitDistinct(PipelineUnderTest sluice, String... keysAndIds) {
    await()
        .atMost(PipelineUnderTest.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        sluice.deliveries.stream()
                            .map(
                                each ->
                                    each.getEnvelope().getRoutingKey()
                                        + " "
                                        + each.getProperties().getHeaders().get("id"))
                            .distinct())
                    .containsExactly(keysAndIds));
  }

  @Test
  void aConditionIsCheckedByTheServerAndTheEndOfTheCollectionComesThrough() throws Exception {
    try (PipelineUnderTest sluice =
        watching(shop + ".a", "SLUICE_MATCH", "{\"fullDocument._id\": {\"$gt\": 1}}")) {
      sluice.consume();
      insert(shop, "a", 1);
      insert(shop, "a", 2);
      collection(shop, "a").deleteOne(new BsonDocument("_id", new BsonInt32(2)));
      collection(shop, "a").drop();
      insert(shop, "a", 3);

      awaitKeys(
          sluice, shop + ".a.insert", shop + ".a.drop", shop + ".a.invalidate", shop + ".a.insert");
    }
  }

  private boolean hasExpandedEvents() {
    int sixZero = 17;
    return client
            .getDatabase("admin")
            .runCommand(new BsonDocument("hello", new BsonInt32(1)))
            .getInteger("maxWireVersion")
        >= sixZero;
  }

  @Test
  void expandedEventsTellOfWhatIsDoneToACollectionItself() throws Exception {
    Assumptions.assumeTrue(hasExpandedEvents(), "MongoDB 6.0 on");
    try (PipelineUnderTest sluice = watching(shop + ".*", "SLUICE_EXPANDED_EVENTS", "true")) {
      sluice.consume();
      client.getDatabase(shop).createCollection("a");
      collection(shop, "a")
          .createIndex(new BsonDocument("n", new BsonInt32(1)), new IndexOptions().name("by_n"));
      insert(shop, "a", 1);
      collection(shop, "a").dropIndex("by_n");

      awaitKeys(
          sluice,
          shop + ".a.create",
          shop + ".a.createIndexes",
          shop + ".a.insert",
          shop + ".a.dropIndexes");
      assertThat(
              DeliveredJson.of(sluice.deliveries.get(1)).at("/operationDescription/indexes/0/name"))
          .hasToString("\"by_n\"");
    }
  }
}
