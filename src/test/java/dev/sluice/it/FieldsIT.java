package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fields that are not to leave do not, on the way from one server to the other. */
class FieldsIT {
  @TempDir private Path folder;

  @Test
  void hiddenFieldsStayBehindAndUpdatesOfThemAloneAreNotTold() throws Exception {
    Path key = Files.writeString(folder.resolve("key"), "0123456789abcdef\n");
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(
                Map.of(
                    "SLUICE_FIELDS_EXCLUDE", "card.number",
                    "SLUICE_FIELDS_MASK", "mail",
                    "SLUICE_FIELDS_HASH", "player",
                    "SLUICE_FIELDS_HASH_KEY_FILE", key.toString(),
                    "SLUICE_FIELDS_RENAME", "word=play",
                    "SLUICE_SKIP_UNCHANGED", "true",
                    "SLUICE_UPDATE_LOOKUP", "false"))
            .start()) {
      sluice.consume();
      sluice
          .collection()
          .insertOne(
              BsonDocument.parse(
                  "{_id: 1, word: 'QUIZ', player: 'ann', mail: 'ann@x', card: {number: 's3cr3t',"
                      + " kind: 'c'}}"));
      sluice.collection().updateOne(Filters.eq("_id", 1), Updates.set("card.number", "s3cr3t2"));
      sluice
          .collection()
          .updateOne(
              Filters.eq("_id", 1),
              Updates.combine(Updates.set("word", "JAX"), Updates.set("card.number", "s3cr3t3")));
      sluice.awaitDeliveries(2);

      assertThat(DeliveredJson.of(sluice.deliveries.get(0)).at("/document").toString())
          .matches(
              "\\{\"_id\":\"1\",\"play\":\"QUIZ\",\"player\":\"[0-9a-f]{64}\",\"mail\":\"\\*\\*\\*\","
                  + "\"card\":\\{\"kind\":\"c\"}}");
      assertThat(DeliveredJson.of(sluice.deliveries.get(1)).at("/update/updatedFields"))
          .hasToString("{\"play\":\"JAX\"}");
      assertThat(sluice.deliveries)
          .noneMatch(delivery -> new String(delivery.getBody()).contains("s3cr3t"));
      sluice.stop();
    }
  }
}
