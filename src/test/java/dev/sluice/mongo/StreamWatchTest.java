package dev.sluice.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ServerAddress;
import com.mongodb.connection.ClusterId;
import com.mongodb.connection.ConnectionDescription;
import com.mongodb.connection.ConnectionId;
import com.mongodb.connection.ServerId;
import com.mongodb.connection.ServerType;
import com.mongodb.event.CommandStartedEvent;
import com.mongodb.event.CommandSucceededEvent;
import dev.sluice.change.ResumeToken;
import dev.sluice.pipeline.ChangeSource.Progress;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

/** What is read out of the replies to a change stream. */
class StreamWatchTest {
  private final StreamWatch watch = new StreamWatch();
  private final List<String> progress = new ArrayList<>();
  private ConnectionDescription connection = connection(ServerType.REPLICA_SET_PRIMARY);
  private int requests;

  private void follow() {
    watch.follow(
        "ours",
        new Progress() {
          @Override
          public void reached(long events, ResumeToken token) {
            progress.add(events + " " + token.toBson().getString("_data").getValue());
          }

          @Override
          public void passed(long events, ResumeToken token) {
            reached(events, token);
            progress.set(progress.size() - 1, progress.get(progress.size() - 1) + " and all of it");
          }
        },
        () -> {});
  }

  private static ConnectionDescription connection(ServerType type) {
    return new ConnectionDescription(
        new ConnectionId(new ServerId(new ClusterId(), new ServerAddress())),
        9,
        type,
        1,
        1,
        1,
        List.of());
  }

  private void reply(String command, String name, String batch, String token, String... events) {
    requests++;
    watch.commandStarted(
        new CommandStartedEvent(
            null, requests, requests, connection, "test", name, BsonDocument.parse(command)));
    String reply =
        "{cursor: {id: {$numberLong: '7'}, "
            + batch
            + ": ["
            + String.join(", ", events)
            + "], postBatchResumeToken: {_data: '"
            + token
            + "'}}}";
    watch.commandSucceeded(
        new CommandSucceededEvent(
            null, requests, requests, connection, "test", name, BsonDocument.parse(reply), 1));
  }

  private void opened(String token, String... events) {
    reply("{aggregate: 'c', comment: 'ours'}", "aggregate", "firstBatch", token, events);
  }

  private void got(String token, String... events) {
    reply("{getMore: {$numberLong: '7'}}", "getMore", "nextBatch", token, events);
  }

  private static String fragment(int number, int of) {
    return "{splitEvent: {fragment: " + number + ", of: " + of + "}}";
  }

  @Test
  void countsEventsOverAllRepliesOfAStream() {
    follow();

    opened("a");
    got("b", "{}", "{}");
    got("c");
    opened("d", "{}");

    assertThat(progress).containsExactly("0 a", "2 b", "2 c and all of it", "3 d");
  }

  /** Where a stream was opened nothing has been looked at yet. */
  @Test
  void aTokenThatMovesOnWithoutEventsIsOfAMomentThatIsPassed() {
    follow();

    opened("a");
    got("a");
    got("b");
    got("c", "{}");
    opened("c");
    got("c");
    got("d");

    assertThat(progress)
        .containsExactly(
            "0 a", "0 a", "0 b and all of it", "1 c", "1 c", "1 c", "1 d and all of it");
  }

  /** Another shard may still have something of that moment. */
  @Test
  void theTokenOfARouterSaysNothingOfItsOwnMoment() {
    connection = connection(ServerType.SHARD_ROUTER);
    follow();

    opened("a");
    got("b");

    assertThat(progress).containsExactly("0 a", "0 b");
  }

  /** A stream that is resumed between the fragments of an event would not have its first ones. */
  @Test
  void doesNotOfferToResumeBetweenFragmentsWhateverComesBetweenThem() {
    follow();

    got("unknown");
    opened("a", "{}");
    got("b", fragment(1, 3));
    opened("c");
    got("d", fragment(2, 3));
    got("e");
    got("f", fragment(3, 3), "{}");

    assertThat(progress).containsExactly("1 a", "3 f");
  }

  @Test
  void hearsNothingOfAStreamThatIsForgotten() {
    follow();
    opened("a");

    watch.forget("ours");
    got("b", "{}");

    assertThat(progress).containsExactly("0 a");
  }
}
