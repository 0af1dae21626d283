package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.GetResponse;
import dev.sluice.testing.TestRabbit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code replay}: a stretch of the log, published again. */
class ReplayIT {
  private static final int COUNT = 300;

  private final PipelineUnderTest sluice =
      new PipelineUnderTest(
          Map.of("SLUICE_MAX_IN_FLIGHT", "20", "SLUICE_FIELDS_EXCLUDE", "secret"));

  private final String other = TestRabbit.freshName("replayed");

  @AfterEach
  void close() throws Exception {
    try (Connection connection = TestRabbit.shared().connect()) {
      connection.createChannel().queueDelete(other);
    }
    sluice.close();
  }

  private void insert(int count) {
    sluice
        .collection()
        .insertMany(
            IntStream.range(0, count)
                .mapToObj(
                    n ->
                        new BsonDocument("n", new BsonInt32(n))
                            .append("secret", new BsonString("hush")))
                .toList());
  }

  private static List<String> ids(List<Delivery> deliveries) {
    return deliveries.stream().map(one -> one.getProperties().getMessageId()).toList();
  }

  private EndedCommand replay(String... options) {
    List<String> line = new ArrayList<>(List.of("replay"));
    line.addAll(List.of(options));
    return EndedCommand.of(sluice.environment(), line.toArray(String[]::new));
  }

  private BsonDocument checkpoint() {
    return sluice
        .checkpoints()
        .find(new BsonDocument("_id", new BsonString(sluice.queue())))
        .first();
  }

  private static void assertReplayed(EndedCommand ended, int count) {
    assertThat(ended.code()).as(ended.err()).isZero();
    assertThat(ended.err()).contains(count + " changes replayed");
  }

  @Test
  void publishesAStretchAgainUnderTheSameIdsInOrderAndLeavesThePositionAlone() throws Exception {
    sluice.start();
    sluice.consume();
    insert(COUNT);
    sluice.awaitDeliveries(COUNT);
    sluice.stop();
    BsonDocument before = checkpoint();

    assertReplayed(replay("--from=earliest"), COUNT);

    sluice.awaitDeliveries(2 * COUNT);
    assertThat(ids(sluice.deliveries.subList(COUNT, 2 * COUNT)))
        .isEqualTo(ids(sluice.deliveries.subList(0, COUNT)));
    assertThat(checkpoint()).isEqualTo(before);
  }

  @Test
  void publishesToAnotherQueueWhileThePipelineRuns() throws Exception {
    sluice.start();
    sluice.consume();
    insert(COUNT);
    sluice.awaitDeliveries(COUNT);

    assertReplayed(replay("--from=earliest", "--queue=" + other), COUNT);

    List<String> ids = new ArrayList<>();
    try (Connection connection = TestRabbit.shared().connect()) {
      Channel channel = connection.createChannel();
      for (int i = 0; i < COUNT; i++) {
        GetResponse message = channel.basicGet(other, true);
        ids.add(message.getProps().getMessageId());
        assertThat(new String(message.getBody())).doesNotContain("hush");
      }
      assertThat(channel.basicGet(other, true)).isNull();
    }
    assertThat(ids).isEqualTo(ids(sluice.deliveries));
    assertThat(sluice.deliveries).hasSize(COUNT);
  }

  @Test
  void endsWhereNothingWasWritten() {
    assertReplayed(replay("--from=now", "--queue=" + other), 0);
  }

  @Test
  void leavesOutWhatComesBehindTheEnd() {
    insert(3);

    assertReplayed(replay("--from=earliest", "--until=" + oldestSecond(), "--queue=" + other), 0);
  }

  /** A moment that the log has and at which nothing of ours was written yet. */
  private String oldestSecond() {
    return sluice
        .collection()
        .find()
        .first()
        .getObjectId("_id")
        .getValue()
        .getDate()
        .toInstant()
        .toString();
  }

  @Test
  void refusesWhatIsNoStretch() {
    assertThat(replay().code()).isEqualTo(2);
    replay("--from=earliest", "--until=earliest").assertOneSentence(2, "--until takes now");
    replay("--from=earliest", "--queue=").assertOneSentence(2, "--queue takes a name");
    replay("--from=2001-01-01T00:00:00Z").assertLastSentence(4, "the oplog begins at");
    replay("--from=earliest", "--until=2101-01-01T00:00:00Z", "--queue=" + other)
        .assertLastSentence(2, "in the future");
  }
}
