package dev.sluice.target.cassandra;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.put;
import static dev.sluice.consume.GivenEvents.rename;
import static dev.sluice.consume.GivenEvents.update;
import static dev.sluice.consume.GivenEvents.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.sluice.change.ChangePosition;
import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.EventType;
import dev.sluice.consume.GivenEvents;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import dev.sluice.consume.TargetKeepsStep;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.CassandraServer;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CassandraKeepsStepIT extends TargetKeepsStep {
  private static final AtomicInteger KEYSPACES = new AtomicInteger();
  private static final String QUIZ = "{\"_id\": \"a\", \"word\": \"QUIZ\", \"score\": 22}";
  private static final String RIVER = "{\"_id\": \"a\", \"word\": \"RIVER\", \"score\": 8}";

  private static CassandraServer server;

  private String keyspace;

  @BeforeAll
  static void launch() {
    assumeTrue(
        CassandraServer.isInstalled(),
        "Cassandra is not there or this is not Java 17: .ci/cassandra fetches it");
    server = CassandraServer.launch();
  }

  @AfterAll
  static void end() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void makeKeyspace() {
    keyspace = "Step" + KEYSPACES.incrementAndGet();
    execute(
        "create keyspace \""
            + keyspace
            + "\" with replication = {'class': 'SimpleStrategy', 'replication_factor': 1}");
  }

  private static List<Row> execute(String cql) {
    return server.session().execute(cql).all();
  }

  private TargetUri uri(String parameters) {
    return uri(CassandraServer.USER, CassandraServer.PASSWORD, keyspace, parameters);
  }

  private static TargetUri uri(String user, String password, String keyspace, String parameters) {
    return TargetUri.parse(
        "cassandra://"
            + user
            + ":"
            + password
            + "@"
            + server.place()
            + "/"
            + keyspace
            + parameters);
  }

  @Override
  protected Target.Opener opener() {
    return new CassandraOpener(uri("?columns=word,score:int&datacenter=datacenter1"));
  }

  @Override
  protected Map<String, String> stored(Namespace collection) {
    Map<String, String> documents = new HashMap<>();
    for (Row owner : execute("select * from \"" + keyspace + "\".sluice_tables")) {
      if (collection.equals(new Namespace(owner.getString("db"), owner.getString("coll")))) {
        for (Row row : rows(owner.getString("table_name"))) {
          DocumentKey key = new DocumentKey(row.getString("id"), row.getString("id_type"));
          assertThat(documents.put(key.text(), row.getString("document"))).as("twice").isNull();
        }
      }
    }
    return documents;
  }

  private List<Row> rows(String table) {
    return execute("select * from \"" + keyspace + "\".\"" + table + "\"");
  }

  private static void apply(Target.Opener opener, Event... events) {
    try (Target target = opener.open()) {
      target.apply(new Batch(List.of(events)));
    }
  }

  private static void assertFails(Kind kind, String saying, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TargetException.class, failure -> assertThat(failure.kind()).isEqualTo(kind))
        .hasMessageContaining(saying)
        .hasMessageNotContaining("s3cret")
        .hasMessageNotContaining("QUIZ");
  }

  /** One at a time, in any order, with ties in the transaction and where the clock stands still. */
  @Test
  void theOrderInWhichChangesArriveDoesNotMatter() {
    List<Event> changes = new ArrayList<>();
    for (int index = 0; index < 4; index++) {
      changes.add(put(EventType.UPDATE, PLAYS, key(1), position(1, index), RIVER));
      changes.add(put(EventType.UPDATE, PLAYS, key(2), still(index), RIVER));
      changes.add(put(EventType.UPDATE, PLAYS, key(3), position(1, index), RIVER));
    }
    changes.add(delete(PLAYS, key(1), position(1, 4)));
    changes.add(put(EventType.READ, PLAYS, key(1), position(1, -1), QUIZ));
    changes.add(delete(PLAYS, key(2), still(4)));
    changes.add(insert(PLAYS, key(2), still(5), QUIZ));
    changes.add(delete(PLAYS, key(3), position(1, 4)));
    Random random = new Random(3);
    try (Target target = opener().open()) {
      for (int round = 0; round < 10; round++) {
        Collections.shuffle(changes, random);
        changes.forEach(change -> target.apply(new Batch(List.of(change))));
      }
    }

    assertThat(stored(PLAYS)).isEqualTo(Map.of(key(1).text(), QUIZ, key(2).text(), QUIZ));
  }

  /** More than a million changes in what is one second by the servers' clock. */
  private static String still(int n) {
    return new ChangePosition((long) GivenEvents.BEGIN << Integer.SIZE | 2_000_000 + n, 0).text();
  }

  @Test
  void aRenameThatACrashCutOffLosesNothing() {
    Namespace next = new Namespace("scrabble", "next");
    Event[] changes = {
      insert(PLAYS, key(1), position(1), RIVER),
      insert(PLAYS, key(2), position(1, 1), RIVER),
      insert(next, key(1), position(2), QUIZ),
      insert(next, key(2), position(3), QUIZ)
    };
    Event renamed = rename(next, PLAYS, position(4));
    apply(opener(), changes);
    try (Target target = opener().open()) {
      ((CassandraTarget) target).clear(PLAYS, position(4));
      ((CassandraTarget) target).move(next, PLAYS, position(4));
      // Before the floor of the old name was set.
    }
    apply(opener(), changes);
    apply(opener(), renamed);

    assertThat(stored(PLAYS)).isEqualTo(Map.of(key(1).text(), QUIZ, key(2).text(), QUIZ));
    assertThat(stored(next)).isEmpty();
    assertThat(rows("plays")).allSatisfy(row -> assertThat(row.getInt("score")).isEqualTo(22));
  }

  /** Between the other's reading of the floor and its write lies what it may not bring back. */
  @Test
  void aDropThatAnotherConsumerAppliesMeanwhileStands() {
    try (Target one = opener().open();
        Target other = opener().open()) {
      one.apply(new Batch(List.of(insert(PLAYS, key(1), position(1), QUIZ))));
      CassandraTarget late = (CassandraTarget) other;
      assertThat(late.floor(PLAYS)).isEmpty();
      one.apply(new Batch(List.of(whole(EventType.DROP, PLAYS, position(3)))));
      late.write(PLAYS, List.of(update(PLAYS, key(1), position(2), RIVER)));
      late.clearWhatHasEnded();
    }

    assertThat(stored(PLAYS)).isEmpty();
  }

  @Test
  void declaredColumnsHaveTheTypesOfCassandra() {
    String json =
        "{\"w\": \"QUIZ\", \"i\": 22, \"l\": 9007199254740993, \"b\": true,"
            + " \"c\": {\"$numberDecimal\": \"19.90\"}, \"d\": {\"$numberDouble\": \"NaN\"},"
            + " \"t\": {\"$date\": \"2026-11-20T01:02:03.12Z\"},"
            + " \"far\": {\"$date\": {\"$numberLong\": \"9223372036854775807\"}}, \"j\": [1]}";
    apply(
        new CassandraOpener(
            uri("?columns=w,i:int,l:long,b:bool,c:decimal,d:double,t:date,far:date,j:json,x:int")),
        insert(PLAYS, key(1), position(1), json));

    Row row = rows("plays").get(0);
    assertThat(row.getString("w")).isEqualTo("QUIZ");
    assertThat(row.getInt("i")).isEqualTo(22);
    assertThat(row.getLong("l")).isEqualTo(9_007_199_254_740_993L);
    assertThat(row.getBoolean("b")).isTrue();
    assertThat(row.getBigDecimal("c")).isEqualTo(new BigDecimal("19.90"));
    assertThat(row.getDouble("d")).isNaN();
    assertThat(row.getInstant("t")).isEqualTo(Instant.parse("2026-11-20T01:02:03.120Z"));
    assertThat(row.getInstant("far")).isEqualTo(Instant.ofEpochMilli(Long.MAX_VALUE));
    assertThat(row.getString("j")).isEqualTo("[1]");
    assertThat(row.isNull("x")).isTrue();
  }

  @Test
  void aColumnThatIsDeclaredLaterIsAddedAndNoneIsChanged() {
    apply(new CassandraOpener(uri("?names=full")), insert(PLAYS, key(1), position(1), QUIZ));
    apply(
        new CassandraOpener(uri("?names=full&columns=score:int")),
        update(PLAYS, key(1), position(2), RIVER));

    assertThat(rows("scrabble_plays")).extracting(row -> row.getInt("score")).containsExactly(8);
    assertFails(
        Kind.UNUSABLE,
        "The column score of the table scrabble_plays is int",
        () ->
            apply(
                new CassandraOpener(uri("?names=full&columns=score")),
                insert(PLAYS, key(2), position(3), QUIZ)));
  }

  @Test
  void leavesATableThatIsNotItsOwnAlone() {
    execute("create table \"" + keyspace + "\".plays (id int primary key)");
    assertFails(
        Kind.UNUSABLE,
        "The table plays is there",
        () -> apply(opener(), insert(PLAYS, key(1), position(1), QUIZ)));

    apply(opener(), insert(new Namespace("scrabble", "players"), key(1), position(1), QUIZ));
    assertFails(
        Kind.UNUSABLE,
        "is for scrabble.players already",
        () ->
            apply(opener(), insert(new Namespace("chess", "players"), key(1), position(1), QUIZ)));
  }

  @Test
  void isOpenedAgainWhenTheServerIsBack() {
    try (Target target = opener().open()) {
      target.apply(new Batch(List.of(insert(PLAYS, key(1), position(1), QUIZ))));
      server.stop();
      try {
        Batch next = new Batch(List.of(insert(PLAYS, key(2), position(2), QUIZ)));
        assertFails(Kind.UNAVAILABLE, "Cassandra at //127.0.0.1", () -> target.apply(next));
        assertFails(Kind.UNAVAILABLE, "cannot be reached", () -> opener().open());
      } finally {
        server.start();
      }
    }
    apply(opener(), insert(PLAYS, key(2), position(2), QUIZ));

    assertThat(stored(PLAYS)).hasSize(2);
  }

  @Test
  void saysWhatIsWrongWithALoginAKeyspaceOrADataCentre() {
    assertFails(
        Kind.UNUSABLE,
        "incorrect",
        () -> new CassandraOpener(uri(CassandraServer.USER, "s3cret", keyspace, "")).open());
    assertFails(
        Kind.UNUSABLE,
        "nowhere",
        () ->
            new CassandraOpener(uri(CassandraServer.USER, CassandraServer.PASSWORD, "nowhere", ""))
                .open());
    assertFails(
        Kind.UNUSABLE,
        "no data centre dc7, which the target's parameter datacenter names; there are datacenter1",
        () -> new CassandraOpener(uri("?datacenter=dc7")).open());
  }

  @Test
  void saysWhatALoginIsNotAllowed() {
    apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));
    execute("create role if not exists reader with password = 's3cret' and login = true");
    execute("grant select on keyspace \"" + keyspace + "\" to reader");

    assertFails(
        Kind.UNUSABLE,
        "has no MODIFY permission",
        () ->
            apply(
                new CassandraOpener(uri("reader", "s3cret", keyspace, "")),
                insert(PLAYS, key(2), position(2), QUIZ)));
  }

  @Test
  void refusesADocumentAndAKeyThatAreTooLarge() {
    Event good = insert(PLAYS, key(1), position(1), QUIZ);
    int size = CassandraServer.LARGEST_MUTATION;
    assertRefused(insert(PLAYS, key(2), position(2), quizzes(size)), "oversized mutation", good);
    assertRefused(insert(PLAYS, key(3), position(3), quizzes(3 * size)), "allowed maximum", good);
    DocumentKey longKey = new DocumentKey("k".repeat(70_000), "string");
    assertRefused(insert(PLAYS, longKey, position(4), QUIZ), "longer than maximum", good);

    assertThat(stored(PLAYS)).containsOnlyKeys(key(1).text());
  }

  private static String quizzes(int size) {
    return "{\"words\": \"" + "QUIZ ".repeat(size / 5) + "\"}";
  }

  private void assertRefused(Event event, String saying, Event other) {
    assertThatThrownBy(() -> apply(opener(), other, event))
        .hasMessageContaining(saying)
        .hasMessageNotContaining("QUIZ")
        .isInstanceOfSatisfying(
            TargetException.class,
            refused -> {
              assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
              assertThat(refused.event()).contains(event);
            });
  }
}
