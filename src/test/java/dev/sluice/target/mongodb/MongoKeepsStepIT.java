package dev.sluice.target.mongodb;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.rename;
import static dev.sluice.consume.GivenEvents.snapshotCompleted;
import static dev.sluice.consume.GivenEvents.update;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.MongoClient;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.EveryType;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetKeepsStep;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.TestMongo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A copy in the best replica set at hand. */
class MongoKeepsStepIT extends TargetKeepsStep {
  private static final String QUIZ = "{\"_id\": \"a\", \"word\": \"QUIZ\"}";

  private static MongoClient client;

  private String stem;
  private AsInMongo inMongo;

  @BeforeAll
  static void connect() {
    client = TestMongo.shared().connect();
  }

  @AfterAll
  static void disconnect() {
    client.close();
  }

  @BeforeEach
  void takeFreshNames() {
    stem = TestMongo.freshDatabase("step").replace("-", "_").replace(".", "_") + "_";
    inMongo = new AsInMongo(stem);
  }

  @AfterEach
  void removeTheCopy() {
    for (String database : client.listDatabaseNames()) {
      if (database.startsWith(stem)) {
        client.getDatabase(database).drop();
      }
    }
    client
        .getDatabase("sluice")
        .getCollection("collections")
        .deleteMany(Filters.regex("_id", "^" + stem));
    client
        .getDatabase("sluice")
        .getCollection("states")
        .deleteMany(Filters.regex("_id.ns", "^" + stem));
  }

  @Override
  protected Target.Opener opener() {
    Target.Opener opener = plain();
    return () -> inMongo.over(opener.open());
  }

  private static Target.Opener plain() {
    return MongoTarget.opener(
        MongoParameters.of(TargetUri.parse(TestMongo.shared().uri())), Optional.empty());
  }

  private List<BsonDocument> documents(Namespace collection) {
    Namespace copy = inMongo.namespace(collection);
    return client
        .getDatabase(copy.database())
        .getCollection(copy.collection(), BsonDocument.class)
        .find()
        .into(new ArrayList<>());
  }

  @Override
  protected Map<String, String> stored(Namespace collection) {
    Map<String, String> stored = new HashMap<>();
    documents(collection)
        .forEach(each -> stored.put(AsInMongo.keyOf(each), AsInMongo.jsonOf(each)));
    return stored;
  }

  private void apply(Event... events) {
    try (Target target = opener().open()) {
      target.apply(new Batch(List.of(events)));
    }
  }

  /** As values of BSON: which JSON they came in, a copy does not tell. */
  @Test
  @Override
  protected void hasValuesOfEveryTypeToTheLastDigit() {
    List<Event> events = new ArrayList<>();
    List<BsonValue> expected = new ArrayList<>();
    for (String value : EveryType.values()) {
      if (!value.contains("$d\"") || takesAnyName()) {
        String json = "{\"v\": " + value + ", \"empty\": {}}";
        expected.add(BsonDocument.parse(json).get("v"));
        events.add(insert(PLAYS, key(events.size()), position(events.size()), json));
      }
    }
    apply(events.toArray(Event[]::new));

    assertThat(documents(PLAYS))
        .extracting(each -> each.get("v"))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  /** From MongoDB 5.0 on names may begin with a dollar sign within a document. */
  private static boolean takesAnyName() {
    return client
            .getDatabase("admin")
            .runCommand(new BsonDocument("buildInfo", new BsonInt32(1)))
            .getList("versionArray", Integer.class)
            .get(0)
        >= 5;
  }

  @Test
  void keepsEachDocumentUnderItsOwnIdWhateverItsType() {
    Map<String, String> ids =
        Map.of(
            "objectId", "665f1c2a9d3e4b0012345678",
            "string", "it's \"Ω\" \\",
            "int", "42",
            "long", "43",
            "double", "44.0",
            "date", "{\"$date\": \"2026-11-20T01:02:03.12Z\"}",
            "binData", "{\"$binary\": {\"base64\": \"AQL/\", \"subType\": \"00\"}}",
            "object", "{\"a\": {\"$numberInt\": \"1\"}, \"b\": \"b\"}",
            "bool", "true");
    Namespace collection = inMongo.namespace(PLAYS);
    List<Event> inserts = new ArrayList<>();
    List<Event> deletes = new ArrayList<>();
    List<BsonValue> expected = new ArrayList<>();
    ids.forEach(
        (type, text) -> {
          DocumentKey key = new DocumentKey(text, type);
          // The document does not name the type of its numbers, the key does.
          inserts.add(insert(collection, key, position(1), "{\"_id\": null, \"n\": 1}"));
          deletes.add(delete(collection, key, position(2)));
          expected.add(id(key));
        });
    try (Target target = plain().open()) {
      target.apply(new Batch(inserts));
      assertThat(documents(PLAYS))
          .extracting(each -> each.get("_id"))
          .containsExactlyInAnyOrderElementsOf(expected);
      target.apply(new Batch(deletes));
    }

    assertThat(documents(PLAYS)).isEmpty();
  }

  private static BsonValue id(DocumentKey key) {
    String json =
        switch (key.type()) {
          case "objectId" -> "{\"$oid\": \"" + key.id() + "\"}";
          case "string" -> "\"it's \\\"Ω\\\" \\\\\"";
          case "long" -> "{\"$numberLong\": \"" + key.id() + "\"}";
          default -> key.id();
        };
    return BsonDocument.parse("{\"v\": " + json + "}").get("v");
  }

  /** As docs/VALUES.md has it of sharded collections. */
  @Test
  void aDocumentThatMovesToAnotherShardIsThereWhicheverEventHasTheLaterTime() {
    Namespace collection = inMongo.namespace(PLAYS);
    DocumentKey rome = DocumentKey.whole("{\"_id\": \"7\", \"city\": \"Rome\"}", "int");
    DocumentKey oslo = DocumentKey.whole("{\"_id\": \"7\", \"city\": \"Oslo\"}", "int");
    Event born = insert(collection, rome, position(1), "{\"_id\": \"7\", \"city\": \"Rome\"}");
    Event moved = insert(collection, oslo, position(2), "{\"_id\": \"7\", \"city\": \"Oslo\"}");
    Event left = delete(collection, rome, position(3));
    for (List<Event> order : List.of(List.of(born, moved, left), List.of(born, left, moved))) {
      Target.Opener opener = plain();
      try (Target target = opener.open()) {
        for (Event event : order) {
          target.apply(new Batch(List.of(event)));
        }
        target.apply(new Batch(order));
        assertThat(documents(PLAYS))
            .singleElement()
            .isEqualTo(BsonDocument.parse("{\"_id\": 7, \"city\": \"Oslo\"}"));
        target.apply(
            new Batch(
                List.of(snapshotCompleted(collection, position(2), position(4), false), left)));
        assertThat(documents(PLAYS)).hasSize(1);
      }
      removeTheCopy();
    }
    // On its shard it only gets another key, and the delete is of that one.
    Event update = update(collection, oslo, position(2), "{\"_id\": \"7\", \"city\": \"Oslo\"}");
    try (Target target = plain().open()) {
      target.apply(new Batch(List.of(born)));
      target.apply(new Batch(List.of(update)));
      target.apply(new Batch(List.of(delete(collection, oslo, position(3)))));
    }
    assertThat(documents(PLAYS)).isEmpty();
  }

  /** More documents than one transaction has. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aRenameThatEndedInTheMiddleGoesOnAndLosesNothing(boolean ontoAnother) {
    int many = MongoTarget.IN_A_TRANSACTION + 20;
    Namespace archive = new Namespace("scrabble", "archive");
    Event[] inserts =
        IntStream.range(0, many)
            .mapToObj(n -> insert(PLAYS, key(n), position(1, n), QUIZ))
            .toArray(Event[]::new);
    Event renamed = rename(PLAYS, archive, position(2));
    apply(inserts);
    if (ontoAnother) {
      apply(insert(archive, key(many), position(1), QUIZ));
    }
    apply(renamed);
    assertThat(documents(archive)).hasSize(many);
    // As it is if the last transaction of the move has not come to its end.
    client
        .getDatabase("sluice")
        .getCollection("collections")
        .updateOne(
            Filters.eq("_id", inMongo.namespace(PLAYS).toString()), Updates.set("floor", ""));
    apply(renamed);

    assertThat(documents(archive)).hasSize(many);
    assertThat(documents(PLAYS)).isEmpty();
  }

  @Test
  void theMarkersOfDeletesGoWhenNoRepeatCanBeSoOld() {
    apply(insert(PLAYS, key(1), position(1), QUIZ), delete(PLAYS, key(1), position(2)));
    assertThat(states(PLAYS)).isOne();
    int week = 7 * 24 * 3600;
    apply(insert(PLAYS, key(2), position(week + 3), QUIZ));

    assertThat(states(PLAYS)).isOne();
    assertThat(documents(PLAYS)).hasSize(1);
  }

  private long states(Namespace collection) {
    return client
        .getDatabase("sluice")
        .getCollection("states")
        .countDocuments(Filters.eq("_id.ns", inMongo.namespace(collection).toString()));
  }
}
