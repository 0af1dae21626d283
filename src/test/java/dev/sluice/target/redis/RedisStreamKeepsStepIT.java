package dev.sluice.target.redis;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.rename;
import static dev.sluice.target.redis.PrivateRedis.apply;
import static dev.sluice.target.redis.PrivateRedis.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Event;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException.Kind;
import dev.sluice.consume.TargetKeepsStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisStreamKeepsStepIT extends TargetKeepsStep {
  private static final String QUIZ = "{\"_id\": \"a\", \"word\": \"QUIZ\", \"score\": 22}";

  private static PrivateRedis redis;

  private int database;

  @BeforeAll
  static void launch() {
    redis = PrivateRedis.launch();
  }

  @AfterAll
  static void end() {
    if (redis != null) {
      redis.close();
    }
  }

  @BeforeEach
  void takeDatabase() {
    database = redis.freshDatabase();
  }

  @Override
  protected Target.Opener opener() {
    return PrivateRedis.opener(redis.uri(database, "mode=stream"));
  }

  @Override
  protected boolean keepsStates() {
    return false;
  }

  @Override
  protected Map<String, String> stored(Namespace collection) {
    return Map.of();
  }

  @Override
  protected List<String> history() {
    return entries("sluice:events").stream().map(entry -> entry.get("eventId")).toList();
  }

  private List<Map<String, String>> entries(String stream) {
    List<?> reply = (List<?>) redis.command(database, "XRANGE", stream, "-", "+");
    return reply.stream().map(entry -> fields((List<?>) ((List<?>) entry).get(1))).toList();
  }

  private static Map<String, String> fields(List<?> words) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 0; i < words.size(); i += 2) {
      fields.put(RedisConnection.text(words.get(i)), RedisConnection.text(words.get(i + 1)));
    }
    return fields;
  }

  @Test
  void anEntryHasTheFieldsOfALineOfJson() {
    Event inserted = insert(PLAYS, key(1), position(1), QUIZ);
    apply(
        opener(),
        inserted,
        delete(PLAYS, key(1), position(2)),
        rename(PLAYS, new Namespace("scrabble", "old"), position(3)));

    List<Map<String, String>> entries = entries("sluice:events");
    assertThat(entries.get(0))
        .containsExactly(
            Map.entry("eventId", inserted.messageId()),
            Map.entry("position", position(1)),
            Map.entry("operation", "insert"),
            Map.entry("time", inserted.time().toString()),
            Map.entry("database", "scrabble"),
            Map.entry("collection", "plays"),
            Map.entry("_id", key(1).id()),
            Map.entry("idType", "objectId"),
            Map.entry("document", QUIZ));
    assertThat(entries.get(1)).containsEntry("operation", "delete").doesNotContainKey("document");
    assertThat(entries.get(2)).containsKey("to");
  }

  @Test
  void aStreamOfLimitedLengthForgetsTheOldestAndStillKnowsTheirIds() {
    Target.Opener limited =
        PrivateRedis.opener(redis.uri(database, "mode=stream&key=plays&maxlen=100"));
    Event[] events =
        IntStream.rangeClosed(1, 1000)
            .mapToObj(n -> insert(PLAYS, key(n), position(n), QUIZ))
            .toArray(Event[]::new);
    apply(limited, events);
    apply(limited, events);

    List<Map<String, String>> entries = entries("plays");
    // It is cut off by whole nodes of a hundred.
    assertThat(entries).hasSizeBetween(100, 200);
    assertThat(entries.get(entries.size() - 1)).containsEntry("position", position(1000));
    assertThat(redis.command(database, "ZCARD", "plays:ids")).isEqualTo(1000L);
  }

  @Test
  void leavesAloneWhatIsNoStream() {
    redis.command(database, "SET", "sluice:events", "somebody's");

    assertFails(
        Kind.UNUSABLE,
        "something else under sluice:events",
        () -> apply(opener(), insert(PLAYS, key(1), position(1), QUIZ)));
  }
}
