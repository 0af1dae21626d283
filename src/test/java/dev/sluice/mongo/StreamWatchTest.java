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

/** What is read out of the replies to a change stream. */
class StreamWatchTest {
  private static final ConnectionDescription CONNECTION =
      new ConnectionDescription(new ServerId(new ClusterId(), new ServerAddress()));

  private final StreamWatch watch = new StreamWatch();
  private final List<String> progress = new ArrayList<>();
  private int requests;

  private void follow() {
    watch.follow(
        "ours",
        (events, token) ->
            progress.add(events + " " + token.toBson().getString("_data").getValue()),
        () -> {});
  }

  private void reply(String command, String name, String batch, String token, String... events) {
    requests++;
    watch.commandStarted(
        new CommandStartedEvent(
            null, requests, requests, CONNECTION, "test", name, BsonDocument.parse(command)));
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
            null, requests, requests, CONNECTION, "test", name, BsonDocument.parse(reply), 1));
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

    assertThat(progress).containsExactly("0 a", "2 b", "2 c", "3 d");
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
