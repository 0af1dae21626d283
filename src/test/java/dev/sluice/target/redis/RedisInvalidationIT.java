package dev.sluice.target.redis;

import static dev.sluice.consume.GivenEvents.PLAYERS;
import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.gone;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.rename;
import static dev.sluice.consume.GivenEvents.snapshotCompleted;
import static dev.sluice.consume.GivenEvents.whole;
import static dev.sluice.consume.GivenEvents.without;
import static dev.sluice.target.redis.PrivateRedis.apply;
import static dev.sluice.target.redis.PrivateRedis.opener;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.EventType;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RedisInvalidationIT {
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
  void fill() {
    database = redis.freshDatabase();
    for (int n = 1; n <= 5; n++) {
      redis.command(database, "SET", "plays:" + key(n).id(), "cached");
      redis.command(database, "SET", "players:" + n, "cached");
    }
    redis.command(database, "SET", "session:1", "somebody's");
  }

  private void applied(String parameters, Event... events) {
    apply(opener(redis.uri(database, "mode=invalidate" + parameters)), events);
  }

  private Set<String> left() {
    List<?> keys = (List<?>) redis.command(database, "KEYS", "*");
    return keys.stream().map(RedisConnection::text).collect(Collectors.toSet());
  }

  @Test
  void deletesTheValueOfEachDocumentThatHasChanged() {
    applied(
        "",
        delete(PLAYS, key(2), position(9)),
        insert(PLAYS, key(1), position(3), QUIZ),
        gone(PLAYS, key(3), position(2)),
        without(EventType.UPDATE, PLAYS, key(4), position(1), Event.State.NOT_SENT),
        insert(PLAYERS, new DocumentKey("5", "int"), position(4), QUIZ));

    assertThat(left())
        .containsExactlyInAnyOrder(
            "plays:" + key(5).id(),
            "players:1",
            "players:2",
            "players:3",
            "players:4",
            "session:1");
  }

  @Test
  void theKeyIsWhatItsPatternSays() {
    redis.command(database, "SET", "app/scrabble/plays/1", "cached");
    redis.command(database, "SET", "app/scrabble/plays/2", "cached");
    applied(
        "&key=app/{database}/{collection}/{id}",
        insert(PLAYS, new DocumentKey("1", "string"), position(1), QUIZ));

    assertThat(left()).contains("app/scrabble/plays/2").doesNotContain("app/scrabble/plays/1");
  }

  @Test
  void theEndOfACollectionIsTheEndOfItsValuesAndOfNoOthers() {
    applied("", whole(EventType.DROP, PLAYS, position(1)));

    assertThat(left()).hasSize(6).allMatch(key -> key.matches("players:\\d|session:1"));
  }

  @Test
  void aRenameConcernsBothNamesAndASnapshotWhatItDidNotHold() {
    redis.command(database, "SET", "old*:1", "cached");
    redis.command(database, "SET", "older:1", "another's");
    applied("", rename(PLAYS, new Namespace("scrabble", "old*"), position(1)));
    assertThat(left()).hasSize(7).contains("older:1");

    applied("", snapshotCompleted(PLAYERS, position(1), position(2), true));
    assertThat(left()).hasSize(7);
    applied("", snapshotCompleted(PLAYERS, position(1), position(2), false));
    assertThat(left()).containsExactlyInAnyOrder("older:1", "session:1");
  }
}
