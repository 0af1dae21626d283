package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.mongodb.MongoNamespace;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import com.rabbitmq.client.Delivery;
import dev.sluice.testing.TestRabbit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bson.BsonBinary;
import org.bson.BsonDateTime;
import org.bson.BsonDecimal128;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonObjectId;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.bson.types.Decimal128;
import org.bson.types.ObjectId;
import org.junit.jupiter.api.Test;

class EndToEndIT {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static JsonNode json(Delivery delivery) throws Exception {
    return MAPPER.readTree(delivery.getBody());
  }

  private static BsonDocument document(BsonValue id, int n) {
    return new BsonDocument("_id", id).append("n", new BsonInt32(n));
  }

  @Test
  void everyOperationComesOutInOrder() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.consume();
      ObjectId id = new ObjectId();
      sluice.collection().insertOne(document(new BsonObjectId(id), 1));
      sluice.collection().updateOne(Filters.eq("_id", id), Updates.set("n", 2));
      sluice.collection().replaceOne(Filters.eq("_id", id), document(new BsonObjectId(id), 3));
      sluice.collection().deleteOne(Filters.eq("_id", id));

      sluice.awaitDeliveries(4);

      assertThat(sluice.deliveries)
          .extracting(delivery -> delivery.getProperties().getType())
          .containsExactly("insert", "update", "replace", "delete");
      assertThat(sluice.deliveries)
          .allSatisfy(
              delivery ->
                  assertThat(json(delivery).get("_id").asText()).isEqualTo(id.toHexString()));
      assertThat(json(sluice.deliveries.get(0)).at("/document/n").asInt()).isEqualTo(1);
      assertThat(json(sluice.deliveries.get(1)).at("/update/updatedFields/n").asInt()).isEqualTo(2);
      assertThat(json(sluice.deliveries.get(1)).at("/metadata/documentSource").asText())
          .isEqualTo("lookup");
      assertThat(json(sluice.deliveries.get(2)).at("/document/n").asInt()).isEqualTo(3);
      assertThat(json(sluice.deliveries.get(3)).get("document").isNull()).isTrue();
    }
  }

  @Test
  void aMessageSaysWhatItIsWithoutBeingOpened() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.consume();
      sluice.collection().insertOne(document(new BsonString("x"), 1));
      sluice.awaitDeliveries(1);

      Delivery delivery = sluice.deliveries.get(0);
      assertThat(delivery.getEnvelope().getRoutingKey())
          .isEqualTo(sluice.database() + ".scrabble.insert");
      assertThat(delivery.getProperties().getMessageId())
          .isEqualTo(json(delivery).at("/metadata/eventId").asText());
      assertThat(delivery.getProperties().getContentType()).isEqualTo("application/json");
      assertThat(delivery.getProperties().getDeliveryMode()).isEqualTo(2);
      assertThat(delivery.getProperties().getAppId()).isEqualTo("sluice");
      assertThat(delivery.getProperties().getTimestamp()).isNotNull();
      assertThat(delivery.getProperties().getHeaders())
          .extractingByKeys("operation", "database", "collection", "id", "idType")
          .map(String::valueOf)
          .containsExactly("insert", sluice.database(), "scrabble", "x", "string");
    }
  }

  @Test
  void aThousandDocumentsOfMixedIdsComeOutInOrderAndOnce() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.consume();
      List<BsonDocument> documents = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        documents.add(document(id(i), i));
      }
      sluice.collection().insertMany(documents);

      sluice.awaitDeliveries(1000);

      List<Integer> order = new ArrayList<>();
      for (Delivery delivery : sluice.deliveries) {
        JsonNode event = json(delivery);
        assertThat(event.get("_id").isTextual()).isTrue();
        order.add(event.at("/document/n").asInt());
      }
      assertThat(order).isEqualTo(IntStream.range(0, 1000).boxed().toList());
      assertThat(sluice.deliveries)
          .extracting(delivery -> delivery.getProperties().getMessageId())
          .doesNotHaveDuplicates();
    }
  }

  private static BsonValue id(int i) {
    return switch (i % 8) {
      case 0 -> new BsonObjectId(new ObjectId());
      case 1 -> new BsonString("id " + i);
      case 2 -> new BsonInt32(i);
      case 3 -> new BsonInt64((1L << 40) + i);
      case 4 -> new BsonDouble(i + 0.5);
      case 5 -> new BsonDocument("a", new BsonInt32(i)).append("b", new BsonString("x"));
      case 6 -> new BsonDecimal128(Decimal128.parse("1000000." + i));
      default ->
          i % 16 == 7
              ? new BsonDateTime(i)
              : new BsonBinary(new byte[] {(byte) i, (byte) (i >> 8), 1});
    };
  }

  @Test
  void whatWasWrittenBeforeTheFirstStartDoesNotComeOut() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of())) {
      sluice.collection().insertOne(document(new BsonInt32(1), 1));
      sluice.start();
      sluice.consume();

      sluice.collection().insertOne(document(new BsonInt32(2), 2));

      sluice.awaitDeliveries(1);
      assertThat(json(sluice.deliveries.get(0)).get("_id").asText()).isEqualTo("2");
    }
  }

  @Test
  void whatWasWrittenWhileItWasStoppedComesOutAtTheNextStart() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.consume();
      sluice.collection().insertOne(document(new BsonInt32(1), 1));
      sluice.awaitDeliveries(1);
      sluice.stop();
      sluice.collection().insertOne(document(new BsonInt32(2), 2));

      sluice.start();

      sluice.awaitDeliveries(2);
      assertThat(sluice.deliveries)
          .extracting(delivery -> json(delivery).get("_id").asText())
          .containsExactly("1", "2");
    }
  }

  @Test
  void thePositionMovesOnWhileOnlyOthersAreWritten() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      BsonDocument mine = new BsonDocument("_id", new BsonString(sluice.queue()));
      await().until(() -> position(sluice, mine) != null);
      BsonValue before = position(sluice, mine);

      TestMongoWrites.elsewhere(sluice.database());

      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> !before.equals(position(sluice, mine)));
    }
  }

  private static BsonValue position(PipelineUnderTest sluice, BsonDocument mine) {
    BsonDocument checkpoint = sluice.checkpoints().find(mine).first();
    return checkpoint == null ? null : checkpoint.getDocument("position").get("after");
  }

  @Test
  void aDroppedCollectionIsFollowedWhenItComesBack() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.consume();
      sluice.collection().insertOne(document(new BsonInt32(1), 1));
      sluice.awaitDeliveries(1);

      sluice.collection().drop();
      sluice.collection().insertOne(document(new BsonInt32(2), 2));

      sluice.awaitDeliveries(4);
      assertThat(sluice.deliveries)
          .extracting(delivery -> delivery.getProperties().getType())
          .containsExactly("insert", "drop", "invalidate", "insert");
      assertThat(json(sluice.deliveries.get(1)).get("_id").isNull()).isTrue();
      assertThat(json(sluice.deliveries.get(3)).get("_id").asText()).isEqualTo("2");
    }
  }

  @Test
  void aRenamedCollectionIsToldOfAndFollowedUnderItsOldName() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.consume();
      sluice.collection().insertOne(document(new BsonInt32(1), 1));
      sluice.awaitDeliveries(1);

      sluice.collection().renameCollection(new MongoNamespace(sluice.database(), "archive"));
      sluice.collection().insertOne(document(new BsonInt32(2), 2));

      sluice.awaitDeliveries(4);
      assertThat(sluice.deliveries)
          .extracting(delivery -> delivery.getProperties().getType())
          .containsExactly("insert", "rename", "invalidate", "insert");
      assertThat(json(sluice.deliveries.get(1)).at("/to/collection").asText()).isEqualTo("archive");
    }
  }

  @Test
  void onlyTheOperationsThatAreAskedForComeOut() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_OPERATIONS", "delete,insert")).start()) {
      sluice.consume();
      sluice.collection().insertOne(document(new BsonInt32(1), 1));
      sluice.collection().updateOne(Filters.eq("_id", 1), Updates.set("n", 2));
      sluice.collection().deleteOne(Filters.eq("_id", 1));

      sluice.awaitDeliveries(2);

      assertThat(sluice.deliveries)
          .extracting(delivery -> delivery.getProperties().getType())
          .containsExactly("insert", "delete");
    }
  }

  @Test
  void withoutLookupAnUpdateTravelsAlone() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_UPDATE_LOOKUP", "false")).start()) {
      sluice.consume();
      sluice.collection().insertOne(document(new BsonInt32(1), 1));
      sluice.collection().updateOne(Filters.eq("_id", 1), Updates.set("n", 2));

      sluice.awaitDeliveries(2);

      JsonNode update = json(sluice.deliveries.get(1));
      assertThat(update.has("document")).isFalse();
      assertThat(update.at("/update/updatedFields/n").asInt()).isEqualTo(2);
    }
  }

  @Test
  void theDocumentFormatHasTheDocumentsOwnFieldsAtTheTop() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_FORMAT", "document")).start()) {
      sluice.consume();
      ObjectId id = new ObjectId();
      sluice.collection().insertOne(document(new BsonObjectId(id), 5));

      sluice.awaitDeliveries(1);

      JsonNode event = json(sluice.deliveries.get(0));
      assertThat(event.get("_id").asText()).isEqualTo(id.toHexString());
      assertThat(event.get("entry_id").asText()).isEqualTo(id.toHexString());
      assertThat(event.get("type").asText()).isEqualTo("scrabble");
      assertThat(event.get("n").asInt()).isEqualTo(5);
      assertThat(event.at("/metadata/operation").asText()).isEqualTo("insert");
    }
  }

  @Test
  void theDefaultExchangeGoesStraightToTheQueue() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of("SLUICE_EXCHANGE", "")).start()) {
      sluice.consume();
      sluice.collection().insertOne(document(new BsonInt32(1), 1));

      sluice.awaitDeliveries(1);

      assertThat(sluice.deliveries.get(0).getEnvelope().getRoutingKey()).isEqualTo(sluice.queue());
    }
  }

  @Test
  void aClassicQueueServesAsWell() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(Map.of("SLUICE_QUEUE_TYPE", "classic")).start()) {
      sluice.collection().insertOne(document(new BsonInt32(1), 1));

      await().until(() -> TestRabbit.shared().queueMessages(sluice.queue()) == 1);
    }
  }

  @Test
  void aWindowOfOneEventStillCarriesEverything() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(
                Map.of("SLUICE_MAX_IN_FLIGHT", "1", "SLUICE_MAX_IN_FLIGHT_BYTES", "1"))
            .start()) {
      sluice.consume();
      sluice
          .collection()
          .insertMany(IntStream.range(0, 50).mapToObj(i -> document(new BsonInt32(i), i)).toList());

      sluice.awaitDeliveries(50);
    }
  }

  @Test
  void manyChangesOfOneDocumentStayInOrder() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.consume();
      sluice.collection().insertOne(document(new BsonInt32(1), 0));
      for (int i = 1; i < 200; i++) {
        sluice.collection().updateOne(Filters.eq("_id", 1), Updates.set("n", i));
      }

      sluice.awaitDeliveries(200);

      List<Integer> order = new ArrayList<>();
      for (Delivery delivery : sluice.deliveries.subList(1, 200)) {
        order.add(json(delivery).at("/update/updatedFields/n").asInt());
      }
      assertThat(order).isEqualTo(IntStream.range(1, 200).boxed().toList());
    }
  }

  @Test
  void aDocumentOfFifteenMegabytesComesThrough() throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(Map.of()).start()) {
      sluice.consume();
      String huge = "x".repeat(15 << 20);
      sluice
          .collection()
          .insertOne(document(new BsonInt32(1), 1).append("huge", new BsonString(huge)));

      sluice.awaitDeliveries(1);

      assertThat(json(sluice.deliveries.get(0)).at("/document/huge").asText()).hasSize(15 << 20);
    }
  }
}
