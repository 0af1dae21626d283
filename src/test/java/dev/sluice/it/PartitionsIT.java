package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.WriteModel;
import com.rabbitmq.client.Delivery;
import dev.sluice.testing.SluiceProcess;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * One collection, carried by several pipelines, each with its share of the documents. That nothing
 * is lost where they are killed and paused is {@code ProveIT}'s.
 */
class PartitionsIT {
  private static final int DOCUMENTS = 60;

  private final PipelineUnderTest sluice =
      new PipelineUnderTest(Map.of("SLUICE_UPDATE_LOOKUP", "false", "SLUICE_LEASE", "1s"));

  private final Map<String, String> further = new HashMap<>();
  private final Map<String, SluiceProcess> running = new HashMap<>();

  @AfterEach
  void close() {
    running.values().forEach(SluiceProcess::close);
    sluice.close();
  }

  private Map<String, String> environment(String partition) {
    Map<String, String> environment = new HashMap<>(sluice.environment());
    environment.putAll(further);
    environment.put("SLUICE_PARTITION", partition);
    return environment;
  }

  private void start(String... partitions) throws Exception {
    for (String partition : partitions) {
      running.put(partition, SluiceProcess.run(environment(partition)));
    }
    for (String partition : partitions) {
      running.get(partition).awaitStreaming();
    }
  }

  private void stopAll() throws Exception {
    for (SluiceProcess process : running.values()) {
      assertThat(process.terminate()).as(process.log()).isZero();
    }
    running.clear();
  }

  private void insert() {
    List<BsonDocument> documents = new ArrayList<>();
    for (int id = 0; id < DOCUMENTS; id++) {
      documents.add(new BsonDocument("_id", new BsonInt32(id)).append("n", new BsonInt32(0)));
    }
    sluice.collection().insertMany(documents);
  }

  private void update(int from, int to) {
    List<WriteModel<BsonDocument>> updates = new ArrayList<>();
    for (int n = from; n <= to; n++) {
      for (int id = 0; id < DOCUMENTS; id++) {
        updates.add(
            new UpdateOneModel<>(
                new BsonDocument("_id", new BsonInt32(id)),
                new BsonDocument("$set", new BsonDocument("n", new BsonInt32(n)))));
      }
    }
    sluice.collection().bulkWrite(updates);
  }

  private void awaitAllInOrder(int last) {
    await()
        .atMost(PipelineUnderTest.PATIENCE)
        .untilAsserted(() -> OrderPerDocument.check(sluice.deliveries, DOCUMENTS, last));
  }

  @Test
  void anotherNumberOfThemGoesOnWhereAllOthersHadGot() throws Exception {
    start("0/3", "1/3", "2/3");
    sluice.consume();
    insert();
    update(1, 5);
    awaitAllInOrder(5);
    EndedCommand.of(sluice.environment(), "position", "divide", "--from", "3", "--into", "2")
        .assertOneSentence(1, "is run by process");
    // One is further behind than the others: it lacks what they have published.
    assertThat(running.remove("2/3").terminate()).isZero();
    update(6, 10);
    stopAll();

    EndedCommand.of(sluice.environment(), "position", "divide", "--from", "3", "--into", "0")
        .assertOneSentence(2, "--into must be a number from 1 to 256");

    EndedCommand divided =
        EndedCommand.of(sluice.environment(), "position", "divide", "--from", "3", "--into", "2");
    assertThat(divided.code()).as(divided.err()).isZero();
    start("0/2", "1/2");
    update(11, 15);

    awaitAllInOrder(15);
    EndedCommand.of(sluice.environment(), "position", "divide", "--from", "3", "--into", "4")
        .assertOneSentence(3, "has no saved position");
  }

  @Test
  void whatConcernsTheCollectionIsToldByEachUnderOneId() throws Exception {
    start("0/2", "1/2");
    sluice.consume();
    insert();
    await().until(() -> sluice.deliveries.size() == DOCUMENTS);

    sluice.collection().drop();

    await().until(() -> ids("drop").size() == 2);
    assertThat(new HashSet<>(ids("drop"))).hasSize(1);
  }

  private List<String> ids(String type) {
    return sluice.deliveries.stream()
        .map(Delivery::getProperties)
        .filter(properties -> properties.getType().equals(type))
        .map(properties -> properties.getMessageId())
        .toList();
  }

  @Test
  void aSnapshotIsReadByEachForItsOwnShare() throws Exception {
    insert();
    further.put("SLUICE_SNAPSHOT", "initial");

    start("0/2", "1/2");
    sluice.consume();

    await().until(() -> ids("snapshot-completed").size() == 2);
    Set<String> read = new HashSet<>(ids("read"));
    assertThat(read).hasSize(DOCUMENTS);
    assertThat(ids("read")).hasSize(DOCUMENTS);
    assertThat(
            sluice.deliveries.stream()
                .filter(each -> each.getProperties().getType().equals("snapshot-completed"))
                .map(each -> new String(each.getBody(), StandardCharsets.UTF_8)))
        .as("a share is not the whole: who keeps a copy must not remove the rest")
        .allSatisfy(body -> assertThat(body).contains("\"filtered\": true"));
  }
}
