package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import dev.sluice.testing.SluiceProcess;
import dev.sluice.testing.TestRabbit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Collections that are far larger than the heap of the shipped options, 128 MB. */
class SnapshotHeapIT {
  /** Base64 makes a third more of it, and with that it is below what a message may have. */
  private static final int LARGE = 11_900_000;

  private static final int LARGE_DOCUMENTS = 14;

  /**
   * Of 2,400 bytes each, so that also as BSON they are more than the heap. {@code
   * -Dsluice.snapshot.documents=5000000} has as many as one likes, small ones then; the embedded
   * set needs a heap for them, up to 1.6 KB each.
   */
  private static final int SMALL_DOCUMENTS =
      Integer.getInteger("sluice.snapshot.documents", 60_000);

  private static final BsonString PADDING =
      new BsonString("x".repeat(SMALL_DOCUMENTS > 1_000_000 ? 1 : 2_350));

  private static final int BATCH = 1_000;

  @Test
  void largeDocumentsAreReadAFewAtATime() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(SnapshotOnServersIT.initial("SLUICE_SNAPSHOT_PARALLEL", "4"))) {
      for (int n = 0; n < LARGE_DOCUMENTS; n++) {
        sluice
            .collection()
            .insertOne(
                SnapshotOnServersIT.document(new BsonInt32(n), n)
                    .append("blob", new BsonBinary(new byte[LARGE])));
      }
      try (SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
        BitSet read = count(sluice, process, LARGE_DOCUMENTS);

        assertThat(read.cardinality()).as(process.log()).isEqualTo(LARGE_DOCUMENTS);
        assertThat(process.log()).doesNotContain("OutOfMemoryError").doesNotContain("BACKING_OFF");
        assertThat(process.terminate()).isZero();
      }
    }
  }

  /** Longer than tests have: five million take a busy machine more than half an hour. */
  @Test
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void manySmallDocumentsNeedNoMoreHeapThanFew() throws Exception {
    try (PipelineUnderTest sluice =
        new PipelineUnderTest(SnapshotOnServersIT.initial("SLUICE_SNAPSHOT_PARALLEL", "2"))) {
      List<BsonDocument> some = new ArrayList<>(BATCH);
      for (int n = 0; n < SMALL_DOCUMENTS; n++) {
        some.add(SnapshotOnServersIT.document(new BsonInt32(n), n).append("p", PADDING));
        if (some.size() == BATCH) {
          sluice.collection().insertMany(some);
          some.clear();
        }
      }
      try (SluiceProcess process = SluiceProcess.run(sluice.environment()).awaitStreaming()) {
        BitSet read = count(sluice, process, SMALL_DOCUMENTS);

        assertThat(read.cardinality()).as(process.log()).isEqualTo(SMALL_DOCUMENTS);
        assertThat(process.log()).doesNotContain("OutOfMemoryError").doesNotContain("BACKING_OFF");
        assertThat(process.terminate()).isZero();
      }
    }
  }

  /** Which documents came out; their messages are not kept, for there are too many. */
  private static BitSet count(PipelineUnderTest sluice, SluiceProcess process, int documents)
      throws Exception {
    BitSet read = new BitSet(documents);
    try (Connection connection = TestRabbit.shared().connect()) {
      Channel channel = connection.createChannel();
      channel.basicQos(4);
      channel.basicConsume(
          sluice.queue(),
          true,
          (tag, delivery) -> {
            if (delivery.getProperties().getType().equals("read")) {
              synchronized (read) {
                read.set(
                    Integer.parseInt(delivery.getProperties().getHeaders().get("id").toString()));
              }
            }
          },
          tag -> {});
      // Two thousand a second is slow, also for a machine that does other things.
      await()
          .atMost(Duration.ofSeconds(120 + documents / 2_000))
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                synchronized (read) {
                  return read.cardinality() == documents || !process.isAlive();
                }
              });
    }
    return read;
  }
}
