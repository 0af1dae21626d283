package dev.sluice.target.redis;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.rename;
import static dev.sluice.consume.GivenEvents.update;
import static dev.sluice.target.redis.PrivateRedis.apply;
import static dev.sluice.target.redis.PrivateRedis.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.GeneratedHistory;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import dev.sluice.consume.TargetKeepsStep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol.Command;

class RedisKeepsStepIT extends TargetKeepsStep {
  private static final String QUIZ = "{\"_id\": \"a\", \"word\": \"QUIZ\", \"score\": 22}";
  private static final Namespace OLD = new Namespace("scrabble", "old.plays");

  /** So many, for the time that it takes; they are done before the batches are. */
  private static final int CUTS = 40;

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
    return PrivateRedis.opener(redis.uri(database, "prefix=copy[1]:"));
  }

  @Override
  protected Map<String, String> stored(Namespace collection) {
    Map<String, String> documents = new HashMap<>();
    String name = collection.toString().replace("%", "%25").replace(":", "%3A");
    String begin = "copy[1]:" + name + ":";
    try (RedisConnection connection = redis.connect(database)) {
      connection.scan(
          "*",
          keys ->
              keys.forEach(
                  each -> {
                    String key = RedisConnection.text(each);
                    Object document =
                        connection.call(Command.HGET, each, RedisConnection.bytes("document"));
                    if (key.startsWith(begin) && document != null) {
                      documents.put(key.substring(begin.length()), RedisConnection.text(document));
                    }
                  }),
          "TYPE",
          "hash");
    }
    return documents;
  }

  private Object command(String... words) {
    return redis.command(database, words);
  }

  private static String keyOf(int n) {
    return "copy[1]:scrabble.plays:" + key(n).id();
  }

  @Test
  void aReaderTakesTheDocumentByOneCommand() {
    apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));

    assertThat(redis.text(database, "HGET", keyOf(1), "document")).isEqualTo(QUIZ);
    assertThat(redis.text(database, "HGET", keyOf(1), "position")).isEqualTo(position(1));
  }

  @Test
  void theMarkerOfADeleteGoesByItselfUnlessTheDocumentComesAgain() {
    apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));
    assertThat(command("TTL", keyOf(1))).isEqualTo(-1L);

    apply(opener(), delete(PLAYS, key(1), position(2)));
    assertThat(command("HGET", keyOf(1), "document")).isNull();
    assertThat((Long) command("TTL", keyOf(1))).isBetween(7 * 86_400L - 600, 7 * 86_400L);

    apply(opener(), insert(PLAYS, key(1), position(3), QUIZ));
    assertThat(command("TTL", keyOf(1))).isEqualTo(-1L);
    assertThat(stored(PLAYS)).hasSize(1);
  }

  /** Wherever the batch is: whoever tries again has the same one. */
  @Test
  void isTheCollectionAtTheEndHoweverOftenTheConnectionIsCut() throws Exception {
    GeneratedHistory history = new GeneratedHistory(11, 150);
    Thread cutting = new Thread(RedisKeepsStepIT::cutAgainAndAgain, "cutting");
    cutting.start();
    int failures = 0;
    List<List<Event>> batches = history.batches(history.deliveries());
    for (int next = 0; next < batches.size(); ) {
      try (Target target = opener().open()) {
        for (; next < batches.size(); next++) {
          target.apply(new Batch(batches.get(next)));
        }
      } catch (TargetException failure) {
        assertThat(failure.kind()).isEqualTo(Kind.UNAVAILABLE);
        failures++;
      }
    }
    cutting.join();

    assertThat(stored(PLAYS)).isEqualTo(history.documents(PLAYS));
    assertThat(failures).isPositive();
  }

  private static void cutAgainAndAgain() {
    for (int i = 0; i < CUTS; i++) {
      redis.cut();
    }
  }

  @Test
  void waitsForAServerThatWasKilledAndHasLostNothing() {
    try (Target target = opener().open()) {
      target.apply(new Batch(List.of(insert(PLAYS, key(1), position(1), QUIZ))));
      redis.server().kill();
      try {
        Batch next = new Batch(List.of(insert(PLAYS, key(2), position(2), QUIZ)));
        assertFails(Kind.UNAVAILABLE, "Redis at 127.0.0.1", () -> target.apply(next));
        assertFails(Kind.UNAVAILABLE, "Redis at 127.0.0.1", () -> opener().open());
      } finally {
        redis.server().start();
      }
    }
    // Of the new server nothing knows the scripts.
    apply(opener(), insert(PLAYS, key(2), position(2), QUIZ));

    assertThat(stored(PLAYS)).hasSize(2);
  }

  /** More keys than are looked at at once, and one that stands in the way until it is removed. */
  @Test
  void aRenameThatWasCutOffInTheMiddleLosesNothingWhenItIsRepeated() {
    int documents = 2500;
    List<Event> before = new ArrayList<>();
    for (int n = 1; n <= documents; n++) {
      before.add(insert(PLAYS, key(n), position(n), QUIZ));
    }
    apply(opener(), before.toArray(Event[]::new));
    String inTheWay = "copy[1]:scrabble.old.plays:" + key(1234).id();
    command("SET", inTheWay, "somebody's");
    Event renamed = rename(PLAYS, OLD, position(documents + 1));
    assertFails(Kind.REFUSED, "of another kind", () -> apply(opener(), renamed));
    assertThat(stored(PLAYS)).isNotEmpty();
    assertThat(stored(OLD)).isNotEmpty();

    command("DEL", inTheWay);
    apply(opener(), renamed);
    apply(opener(), renamed);

    assertThat(stored(PLAYS)).isEmpty();
    assertThat(stored(OLD)).hasSize(documents);
    assertThat(command("EXISTS", "copy[1]:sluice:renames")).isEqualTo(0L);
  }

  @Test
  void keepsApartWhatWouldHaveTheSameKey() {
    Namespace colon = new Namespace("scrabble", "plays:string");
    apply(
        opener(),
        insert(PLAYS, new DocumentKey(key(1).id(), "string"), position(1), QUIZ),
        insert(colon, key(1), position(2), QUIZ),
        insert(new Namespace("scrabble", "plays%3Astring"), key(1), position(3), QUIZ));
    apply(opener(), delete(colon, key(1), position(4)));

    assertThat(stored(PLAYS)).hasSize(1);
    assertThat(stored(colon)).isEmpty();
  }

  @Test
  void aValueOfAnotherKindIsLeftAloneAndItsDocumentRefused() {
    command("SET", keyOf(2), "somebody's");
    Event first = insert(PLAYS, key(1), position(1), QUIZ);
    Event second = insert(PLAYS, key(2), position(2), QUIZ);

    assertFails(Kind.REFUSED, "of another kind", () -> apply(opener(), first, second));
    apply(opener(), first);
    assertThat(redis.text(database, "GET", keyOf(2))).isEqualTo("somebody's");
    assertThat(stored(PLAYS)).hasSize(1);
  }

  @Test
  void saysWhenTheKeysThatItNeedsForItselfAreTaken() {
    command("SET", "copy[1]:sluice:collections", "somebody's");

    assertFails(Kind.UNUSABLE, "copy[1]:sluice:collections: put", () -> opener().open());
  }

  @Test
  void waitsForAServerWhoseMemoryIsFull() {
    apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));
    command("CONFIG", "SET", "maxmemory", "100kb");
    Event next = update(PLAYS, key(1), position(2), QUIZ.replace("22", "44"));
    try {
      assertFails(Kind.UNAVAILABLE, "OOM", () -> apply(opener(), next));
    } finally {
      command("CONFIG", "SET", "maxmemory", "0");
    }
    apply(opener(), next);

    assertThat(stored(PLAYS).values()).containsExactly(QUIZ.replace("22", "44"));
  }

  @Test
  void waitsForAServerThatHasBecomeAReplica() {
    apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));
    // Of nobody who answers, so it keeps what it has.
    command("REPLICAOF", "127.0.0.1", "1");
    Event next = insert(PLAYS, key(2), position(2), QUIZ);
    try {
      assertFails(Kind.UNAVAILABLE, "READONLY", () -> apply(opener(), next));
    } finally {
      command("REPLICAOF", "NO", "ONE");
    }
    apply(opener(), next);

    assertThat(stored(PLAYS)).hasSize(2);
  }
}
