package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.ServerVersion;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What depends on the release of MongoDB, on the embedded set, which can pass for several. */
class ServerVersionsIT {
  @ParameterizedTest
  @EnumSource
  void everyReleaseIsFollowedThroughAStepDownAndTheEndOfTheCollection(ServerVersion version)
      throws Exception {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().version(version).start();
        PipelineUnderTest sluice = new PipelineUnderTest(set.uri(), Map.of()).start();
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      set.faults().stepDown();
      writes.goOn();
      writes.endAndCheck();
      int before = sluice.deliveries.size();
      sluice.collection().drop();
      sluice.collection().insertOne(new BsonDocument("_id", new BsonString("behind")));

      sluice.awaitDeliveries(before + 1);
    }
  }

  /**
   * A release without {@code $changeStreamSplitLargeEvent}: a document and its update are together
   * more than a server can send.
   */
  @Test
  void anUpdateWhoseEventIsTooLargeEndsWithSixAndComesOutWithoutLookup() throws Exception {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().version(ServerVersion.V6_0).start();
        PipelineUnderTest sluice = new PipelineUnderTest(set.uri(), Map.of()).start()) {
      sluice.consume();
      sluice
          .collection()
          .insertOne(
              new BsonDocument("_id", new BsonInt32(1))
                  .append("half", new BsonString("x".repeat(8 << 20))));
      sluice.awaitDeliveries(1);
      sluice
          .collection()
          .updateOne(Filters.eq("_id", 1), Updates.set("rest", "y".repeat((8 << 20) - 1_000)));

      PipelineException failure = sluice.failure();

      assertThat(failure.kind()).isEqualTo(FailureKind.POISON_EVENT);
      assertThat(failure.getMessage())
          .contains("larger than the 16 MB", "SLUICE_UPDATE_LOOKUP=false")
          .doesNotContain("\n");
      sluice.collection().deleteOne(Filters.eq("_id", 1));
      sluice.environment().put("SLUICE_UPDATE_LOOKUP", "false");
      sluice.restart();
      sluice.awaitDeliveries(3);
      assertThat(sluice.deliveries)
          .extracting(delivery -> delivery.getProperties().getType())
          .containsExactly("insert", "update", "delete");
    }
  }
}
