package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.ServerVersion;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.testing.TestMongo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What of a document a change carries: the four views, and the images that two of them need. */
class ViewsIT {
  @BeforeEach
  void needsImages() {
    int sixZero = 17;
    try (var client = TestMongo.shared().connect()) {
      int version =
          client
              .getDatabase("admin")
              .runCommand(new BsonDocument("hello", new BsonInt32(1)))
              .getInteger("maxWireVersion");
      Assumptions.assumeTrue(version >= sixZero, "images need MongoDB 6.0");
    }
  }

  private static PipelineUnderTest viewing(String view, String enableImages) {
    return new PipelineUnderTest(Map.of("SLUICE_VIEW", view, "SLUICE_ENABLE_IMAGES", enableImages));
  }

  private static List<JsonNode> changesOfOneDocument(PipelineUnderTest sluice) throws Exception {
    sluice.consume();
    MongoCollection<BsonDocument> plays = sluice.collection();
    plays.insertOne(BsonDocument.parse("{_id: 1, secret: 'one'}"));
    plays.updateOne(Filters.eq("_id", 1), Updates.set("secret", "two"));
    plays.replaceOne(Filters.eq("_id", 1), BsonDocument.parse("{secret: 'three'}"));
    plays.deleteOne(Filters.eq("_id", 1));
    sluice.awaitDeliveries(4);
    List<JsonNode> bodies = new ArrayList<>();
    for (var delivery : sluice.deliveries) {
      bodies.add(DeliveredJson.of(delivery));
    }
    return bodies;
  }

  private static List<String> at(List<JsonNode> bodies, String path) {
    return bodies.stream().map(body -> body.at(path).asText("")).toList();
  }

  @Test
  void keysAloneCarryNothingOfTheDocument() throws Exception {
    try (PipelineUnderTest sluice = viewing("KEYS_ONLY", "false").start()) {
      List<JsonNode> bodies = changesOfOneDocument(sluice);

      assertThat(at(bodies, "/_id")).containsOnly("1");
      assertThat(bodies).noneMatch(body -> body.has("document") || body.has("update"));
      assertThat(sluice.deliveries)
          .noneMatch(delivery -> new String(delivery.getBody()).contains("secret"));
    }
  }

  @Test
  void oldImagesShowTheDocumentBeforeEachChange() throws Exception {
    try (PipelineUnderTest sluice = viewing("OLD_IMAGE", "true").start()) {
      List<JsonNode> bodies = changesOfOneDocument(sluice);

      assertThat(at(bodies, "/before/secret")).containsExactly("", "one", "two", "three");
      assertThat(at(bodies, "/metadata/beforeSource"))
          .containsExactly("", "pre_image", "pre_image", "pre_image");
      assertThat(bodies).noneMatch(body -> body.has("document") || body.has("update"));
    }
  }

  @Test
  void bothImagesAreExactWhateverComesLater() throws Exception {
    try (PipelineUnderTest sluice = viewing("NEW_AND_OLD_IMAGES", "true").start()) {
      List<JsonNode> bodies = changesOfOneDocument(sluice);

      assertThat(at(bodies, "/before/secret")).containsExactly("", "one", "two", "three");
      assertThat(at(bodies, "/document/secret")).containsExactly("one", "two", "three", "");
      assertThat(at(bodies, "/metadata/documentSource"))
          .containsExactly("event", "post_image", "event", "");
    }
  }

  @Test
  void anImageThatWasNotKeptIsNullAndSaysSo() throws Exception {
    try (PipelineUnderTest sluice = viewing("OLD_IMAGE", "true")) {
      sluice.environment().put("SLUICE_NAMESPACES", sluice.database() + ".*");
      sluice.start();
      List<JsonNode> bodies = changesOfOneDocument(sluice);

      assertThat(bodies.get(1).get("before").isNull()).isTrue();
      assertThat(at(bodies, "/metadata/beforeSource"))
          .containsExactly("", "expired", "expired", "expired");
    }
  }

  @Test
  void withoutImagesTheStartNamesTheCommandToGive() throws Exception {
    try (PipelineUnderTest sluice = viewing("OLD_IMAGE", "false")) {
      sluice.collection().insertOne(new BsonDocument());
      sluice.launch();

      assertThat(sluice.awaitFailed(FailureKind.MISCONFIGURED))
          .hasMessageContaining("SLUICE_ENABLE_IMAGES=true")
          .hasMessageContaining(
              "db.getSiblingDB(\""
                  + sluice.database()
                  + "\").runCommand({\"collMod\": \"scrabble\","
                  + " \"changeStreamPreAndPostImages\": {\"enabled\": true}})");
    }
  }

  @Test
  void aServerThatKeepsNoImagesIsToldInOneSentence() throws Exception {
    try (EmbeddedReplicaSet old = EmbeddedReplicaSet.builder().version(ServerVersion.V4_2).start();
        PipelineUnderTest sluice =
            new PipelineUnderTest(old.uri(), Map.of("SLUICE_VIEW", "NEW_AND_OLD_IMAGES"))) {
      sluice.launch();

      assertThat(sluice.awaitFailed(FailureKind.MISCONFIGURED))
          .hasMessageContaining("needs MongoDB 6.0 or newer")
          .hasMessageContaining("4.2");
    }
  }
}
