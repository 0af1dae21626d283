package dev.sluice.target.sql;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.Rebuildable;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import dev.sluice.consume.TargetIsRebuilt;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.PostgresServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresKeepsStepIT extends TargetIsRebuilt {
  private static final AtomicInteger SCHEMAS = new AtomicInteger();
  private static final String QUIZ = "{\"_id\": \"a\", \"word\": \"QUIZ\", \"score\": 22}";

  private static PostgresServer server;

  private String schema;

  @BeforeAll
  static void launch() {
    assumeTrue(
        PostgresServer.isInstalled(),
        "PostgreSQL is not installed: apt-get install postgresql brings it");
    server = PostgresServer.launch();
  }

  @AfterAll
  static void end() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void makeSchema() throws SQLException {
    schema = "step" + SCHEMAS.incrementAndGet();
    execute("create schema " + schema);
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private TargetUri uri(String parameters) {
    return uri(PostgresServer.PASSWORD, parameters);
  }

  private TargetUri uri(String password, String parameters) {
    return uri(PostgresServer.USER, password, parameters);
  }

  private TargetUri uri(String user, String password, String parameters) {
    return TargetUri.parse(
        "jdbc:postgresql://"
            + user
            + ":"
            + URLEncoder.encode(password, StandardCharsets.UTF_8)
            + "@"
            + server.place()
            + "?driver.currentSchema="
            + schema
            + parameters);
  }

  private static Rebuildable opener(TargetUri uri) {
    return new SqlStore(new PostgresDialect(uri), SqlParameters.of(uri));
  }

  @Override
  protected Rebuildable rebuildable() {
    return opener(uri("&history=true&columns=word,score:int"));
  }

  private KeptTables kept() {
    return new KeptTables(new PostgresDialect(uri("")));
  }

  @Override
  protected Map<String, String> stored(Namespace collection) throws Exception {
    return kept().documents(collection);
  }

  @Override
  protected List<String> history() throws Exception {
    return kept().history();
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
        .hasMessageNotContaining(PostgresServer.PASSWORD)
        .hasMessageNotContaining("QUIZ");
  }

  @Test
  void declaredColumnsHaveTheTypesOfTheDatabase() throws Exception {
    String json =
        "{\"w\": \"QUIZ\", \"n\": \"a\\u0000b\", \"i\": 22, \"l\": 9007199254740993, \"b\": true,"
            + " \"c\": {\"$numberDecimal\": \"19.90\"}, \"d\": {\"$numberDouble\": \"NaN\"},"
            + " \"t\": {\"$date\": \"2026-11-20T01:02:03.12Z\"},"
            + " \"far\": {\"$date\": {\"$numberLong\": \"9223372036854775807\"}}, \"j\": [1],"
            + " \"late\": {\"$date\": {\"$numberLong\": \"317000000000000\"}}, \"early\": {\"$date\":"
            + " {\"$numberLong\": \"-63549360000000\"}}, \"e\": \"a\\tb\\\\c\\nd\\re\"}";
    apply(
        opener(
            uri(
                "&columns=w,n,i:int,l:long,b:bool,c:decimal,d:double,t:date,far:date,j:json,x:int,"
                    + "late:date,early:date,e")),
        insert(PLAYS, key(1), position(1), json));

    assertThat(
            kept()
                .rows(
                    "plays",
                    "w, n, i + 1, l + 1, not b, c * 10, d, extract(year from t), far, j->>0, x,"
                        + " extract(year from late), extract(year from early), e",
                    "id"))
        .hasSize(1)
        .first()
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .containsExactly(
            "QUIZ",
            null,
            "23",
            "9007199254740994",
            "f",
            "199.00",
            "NaN",
            "2026",
            null,
            "1",
            null,
            "12015",
            "-45",
            "a\tb\\c\nd\re");
  }

  @Test
  void aDateIsTheSameWhenItsDocumentIsNewAndWhenItChanges() throws Exception {
    String json = "{\"t\": {\"$date\": \"2024-01-01T00:00:00.123456789Z\"}}";
    Rebuildable opener = opener(uri("&columns=t:date"));
    apply(opener, insert(PLAYS, key(1), position(1), json));
    apply(
        opener, update(PLAYS, key(1), position(2), json), insert(PLAYS, key(2), position(3), json));

    assertThat(kept().rows("plays", "extract(microseconds from t)", "id"))
        .containsExactly(List.of("123457"), List.of("123457"));
  }

  /** All that COPY escapes, and characters of two to four bytes, across the pieces it goes in. */
  @Test
  void aDocumentOfManyPiecesIsThereToTheLetter() throws Exception {
    String part = "\\n\\t\\\\Q€é\uD83D\uDE00";
    String json = "{\"word\": \"" + part.repeat(900_000) + "\"}";
    apply(opener(uri("&columns=word")), insert(PLAYS, key(1), position(1), json));

    assertThat(
            kept()
                .rows(
                    "plays",
                    "octet_length(document::text), word = repeat(E'" + part + "', 900000)",
                    "id"))
        .containsExactly(List.of(Integer.toString(16 * 900_000 + 12), "t"));
  }

  @Test
  void aColumnThatIsDeclaredLaterIsAddedAndWhatOthersBuiltOnTheViewStays() throws Exception {
    apply(opener(uri("")), insert(PLAYS, key(1), position(1), QUIZ));
    apply(opener(uri("&columns=score:int")), insert(PLAYS, key(2), position(2), QUIZ));
    execute(
        "create view " + schema + ".best as select max(score) as score from " + schema + ".plays");
    apply(opener(uri("&columns=score:int")), update(PLAYS, key(1), position(3), QUIZ));

    assertThat(kept().rows("plays", "score", "id")).containsExactly(List.of("22"), List.of("22"));
    assertThat(kept().rows("best", "score", "1")).containsExactly(List.of("22"));
  }

  private void rebuild(String parameters, Event... events) {
    Rebuildable store = opener(uri(parameters));
    store.begin("s1", "queue", "layout");
    try (Target live = store.open();
        Target beside = store.openBeside()) {
      live.apply(new Batch(List.of(events)));
      beside.apply(new Batch(List.of(events)));
    }
    store.swap(List.of(PLAYS), position(1));
  }

  @Test
  void aSwapLeavesWhatOthersBuiltOnTheViewAndWaitsForThemIfItsColumnsChange() throws Exception {
    Event one = insert(PLAYS, key(1), position(1), QUIZ);
    apply(opener(uri("&columns=score:int")), one);
    execute(
        "create view " + schema + ".best as select max(score) as score from " + schema + ".plays");
    rebuild("&columns=score:int", one);
    assertThat(kept().rows("best", "score", "1")).containsExactly(List.of("22"));

    // As it would be if somebody had changed a type by hand.
    Rebuildable store = opener(uri("&columns=score:int"));
    store.begin("s2", "queue", "layout");
    try (Target beside = store.openBeside()) {
      beside.apply(new Batch(List.of(one)));
    }
    execute("alter table " + schema + ".plays_next alter column score type bigint");
    assertFails(
        Kind.UNUSABLE, "cannot drop view plays", () -> store.swap(List.of(PLAYS), position(1)));
    assertThat(kept().rows("plays", "score", "id")).containsExactly(List.of("22"));
    execute("drop view " + schema + ".best");
    assertThat(store.swap(List.of(PLAYS), position(1))).containsExactly(PLAYS);
    assertThat(kept().rows("plays", "pg_typeof(score)", "id")).containsExactly(List.of("bigint"));
  }

  @Test
  void isOpenedAgainWhenTheServerIsBack() throws Exception {
    try (Target target = opener().open()) {
      target.apply(new Batch(List.of(insert(PLAYS, key(1), position(1), QUIZ))));
      server.stop();
      try {
        Batch next = new Batch(List.of(insert(PLAYS, key(2), position(2), QUIZ)));
        assertFails(Kind.UNAVAILABLE, "PostgreSQL at //127.0.0.1", () -> target.apply(next));
        assertFails(Kind.UNAVAILABLE, "PostgreSQL at //127.0.0.1", () -> opener().open());
      } finally {
        server.start();
      }
    }
    apply(opener(), insert(PLAYS, key(2), position(2), QUIZ));

    assertThat(stored(PLAYS)).hasSize(2);
  }

  @Test
  void saysWhatIsWrongWithALoginOrADatabase() {
    assertFails(Kind.UNUSABLE, "password", () -> opener(uri("wrong", "")).open());
    TargetUri none = TargetUri.parse(uri("").toString().replace("***", "") + "?driver.user=nobody");
    assertFails(Kind.UNUSABLE, "PostgreSQL at", () -> opener(none).open());
    TargetUri other =
        new TargetUri("jdbc:postgresql", uri("").place().replace("/postgres", "/other"), Map.of());
    assertFails(Kind.UNUSABLE, "\"other\" does not exist", () -> opener(other).open());
  }

  @Test
  void leavesATableOfAnotherShapeAlone() throws Exception {
    execute("create table " + schema + ".plays_rows (id int)");
    Event event = insert(PLAYS, key(1), position(1), QUIZ);
    assertFails(Kind.UNUSABLE, "plays_rows is there", () -> apply(opener(), event));

    execute("drop table " + schema + ".plays_rows");
    execute("create table " + schema + ".plays (id int)");
    assertFails(Kind.UNUSABLE, "The table plays is there", () -> apply(opener(), event));
  }

  @Test
  void waitsForAServerThatOnlyReads() {
    String parameters = "&driver.options=-c%20default_transaction_read_only%3Don";
    assertFails(Kind.UNAVAILABLE, "read-only", () -> opener(uri(parameters)).open());
  }

  @Test
  void refusesAKeyThatNoIndexHoldsAndANameThatIsCut() throws Exception {
    // Not to be compressed: digits of a sequence without repeats.
    String digits =
        new Random(1)
            .ints(4_000, 'a', 'z')
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    Event large = insert(PLAYS, new DocumentKey(digits, "string"), position(1), QUIZ);
    assertFails(Kind.REFUSED, "index row", () -> apply(opener(), large));

    Namespace longer = new Namespace("scrabble", "p".repeat(60));
    Event cut = insert(longer, key(1), position(1), QUIZ);
    assertFails(Kind.UNUSABLE, "more than 63 bytes", () -> apply(opener(), cut));
  }

  /** The server refuses COPY there; superusers see through every policy, so another user it is. */
  @Test
  void aTableWhoseRowsArePoliciedForItsOwnerTooIsKept() throws Exception {
    execute("create role plain login password 'plain'");
    execute("grant usage, create on schema " + schema + " to plain");
    Rebuildable plain = opener(uri("plain", "plain", "&history=true"));
    apply(plain, insert(PLAYS, key(1), position(1), QUIZ));
    for (String table : List.of("plays_rows", "plays_history")) {
      String name = schema + "." + table;
      execute("alter table " + name + " enable row level security, force row level security");
      execute("create policy all_of_it on " + name + " using (true) with check (true)");
    }

    apply(
        plain,
        update(PLAYS, key(1), position(2), QUIZ.replace("22", "3")),
        insert(PLAYS, key(2), position(3), QUIZ));

    assertThat(stored(PLAYS)).hasSize(2);
    assertThat(history()).hasSize(3);
  }

  @Test
  void aCheckThatSomebodyHasAddedRefusesTheDocument() throws Exception {
    apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));
    execute("alter table " + schema + ".plays_rows add check (score > 21)");
    Event low = update(PLAYS, key(1), position(2), QUIZ.replace("22", "3"));

    assertFails(Kind.REFUSED, "check constraint", () -> apply(opener(), low));
  }
}
