package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ServerAddress;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ConnectionDescription;
import com.mongodb.connection.ServerId;
import com.mongodb.event.CommandStartedEvent;
import com.mongodb.event.CommandSucceededEvent;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** Replies of a change stream, as the driver's command listener hears of them. */
class StreamWatchTest {
  private final StreamWatch watch = new StreamWatch();
  private final ConnectionDescription connection =
      new ConnectionDescription(new ServerId(new ClusterId(), new ServerAddress()));
  private final List<String> progress = new ArrayList<>();
  private int requests;

  private void replied(String command, String reply) {
    BsonDocument document = BsonDocument.parse(command);
    String name = document.getFirstKey();
    int request = ++requests;
    watch.commandStarted(
        new CommandStartedEvent(null, request, request, connection, "db", name, document));
    watch.commandSucceeded(
        new CommandSucceededEvent(
            null, request, request, connection, "db", name, BsonDocument.parse(reply), 1));
  }

  private void firstReply(String batch, String token) {
    replied(
        "{aggregate: 'c', comment: 'ours'}",
        "{cursor: {id: {$numberLong: '7'}, firstBatch: ["
            + batch
            + "], postBatchResumeToken: {_data: '"
            + token
            + "'}}}");
  }

  private void nextReply(String batch, String token) {
    replied(
        "{getMore: {$numberLong: '7'}}",
        "{cursor: {id: {$numberLong: '7'}, nextBatch: ["
            + batch
            + "], postBatchResumeToken: {_data: '"
            + token
            + "'}}}");
  }

  private void follow() {
    watch.follow("ours", (events, token) -> progress.add(events + " " + token), () -> {});
  }

  private static String fragment(int number, int of) {
    return "{splitEvent: {fragment: " + number + ", of: " + of + "}}";
  }

  @Test
  void tellsHowManyEventsCameBeforeEachToken() {
    follow();
    firstReply("", "a");
    nextReply("{n: 1}, {n: 2}", "b");
    nextReply("", "c");

    assertThat(progress).containsExactly("0 a", "2 b", "2 c");
  }

  @Test
  void countsASplitEventOnceAndOnlyWhenAllOfItCame() {
    follow();
    firstReply("{n: 1}, " + fragment(1, 3), "a");
    nextReply(fragment(2, 3), "b");
    nextReply(fragment(3, 3), "c");
    nextReply("{n: 3}", "d");

    assertThat(progress).containsExactly("2 c", "3 d");
  }

  /**
   * As behind a broken connection: the driver goes on behind the fragment that it has, and the
   * first reply is empty. Its token lies in the middle of the event.
   */
  @Test
  void tellsNothingOfAnEmptyReplyInTheMiddleOfAnEvent() {
    follow();
    firstReply("{n: 1}", "a");
    nextReply(fragment(1, 2), "b");
    firstReply("", "b");
    nextReply("", "b");
    nextReply(fragment(2, 2), "c");
    nextReply("", "d");

    assertThat(progress).containsExactly("1 a", "2 c", "2 d");
  }

  @Test
  void hearsNothingOfOtherStreams() {
    replied("{aggregate: 'c', comment: 'another'}", "{cursor: {id: 7, firstBatch: []}}");
    replied("{aggregate: 'c'}", "{cursor: {id: 8, firstBatch: []}}");
    nextReply("", "b");

    assertThat(progress).isEmpty();
  }
}
