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
import dev.sluice.testing.MariaDbServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MariaDbKeepsStepIT extends TargetIsRebuilt {
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final String QUIZ = "{\"_id\": \"a\", \"word\": \"QUIZ\", \"score\": 22}";

  private static MariaDbServer server;

  private String database;

  @BeforeAll
  static void launch() {
    assumeTrue(
        MariaDbServer.isInstalled(),
        "MariaDB is not installed: apt-get install mariadb-server-core mariadb-client-core brings it");
    server = MariaDbServer.launch();
  }

  @AfterAll
  static void end() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void makeDatabase() throws SQLException {
    database = "step" + DATABASES.incrementAndGet();
    // Not what the tables need: they have to name it themselves.
    execute("", "create database " + database + " character set latin1");
  }

  private static void execute(String database, String sql) throws SQLException {
    try (Connection connection = server.connect(database);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private TargetUri uri(String parameters) {
    return uri(MariaDbServer.USER, database, parameters);
  }

  private static TargetUri uri(String login, String database, String parameters) {
    return TargetUri.parse(
        "jdbc:mariadb://" + login + "@" + server.place() + "/" + database + parameters);
  }

  private static Rebuildable opener(TargetUri uri) {
    return new SqlStore(MariaDbDialect.mariaDb(uri), SqlParameters.of(uri));
  }

  @Override
  protected Rebuildable rebuildable() {
    return opener(uri("?history=true&columns=word,score:int"));
  }

  private KeptTables kept() {
    return new KeptTables(MariaDbDialect.mariaDb(uri("")));
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
            TargetException.class,
            failure ->
                assertThat(failure.kind())
                    .as("%s, %s", failure, failure.getCause())
                    .isEqualTo(kind))
        .hasMessageContaining(saying)
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("QUIZ");
  }

  @Test
  void declaredColumnsHaveTheTypesOfTheDatabase() throws Exception {
    String json =
        "{\"w\": \"QUIZ 😀\", \"i\": 22, \"l\": 9007199254740993, \"b\": true,"
            + " \"c\": {\"$numberDecimal\": \"19.90\"}, \"d\": {\"$numberDouble\": \"NaN\"},"
            + " \"huge\": {\"$numberDecimal\": \"1E+100\"},"
            + " \"t\": {\"$date\": \"2026-11-20T01:02:03.12Z\"},"
            + " \"far\": {\"$date\": {\"$numberLong\": \"9223372036854775807\"}}, \"j\": [1]}";
    String columns =
        "?columns=w,i:int,l:long,b:bool,c:decimal,d:double,huge:decimal,t:date,far:date,j:json,x:int";
    apply(opener(uri(columns)), insert(PLAYS, key(1), position(1), json));

    assertThat(
            kept()
                .rows(
                    "plays",
                    "w, i + 1, l + 1, not b, c = 19.9, d, huge, t, far, json_value(j, '$[0]'), x",
                    "id"))
        .containsExactly(
            Arrays.asList(
                "QUIZ 😀",
                "23",
                "9007199254740994",
                "0",
                "1",
                null,
                null,
                "2026-11-20 01:02:03.120000",
                null,
                "1",
                null));
  }

  @Test
  void tellsKeysApartThatDifferInSpacesAtTheirEnd() throws Exception {
    apply(
        opener(),
        insert(PLAYS, new DocumentKey("a", "string"), position(1), QUIZ),
        insert(PLAYS, new DocumentKey("a ", "string"), position(2), QUIZ));

    assertThat(stored(PLAYS)).containsOnlyKeys("string:a", "string:a ");
  }

  /** A statement that changes tables commits here, so nothing rolls back what was begun. */
  @Test
  void isRebuiltWhereverItsProcessDies() throws Exception {
    SqlStoreTest.assertIsRebuiltWhereverItsProcessDies(
        n -> {
          try {
            makeDatabase();
          } catch (SQLException e) {
            throw new IllegalStateException(e);
          }
          return MariaDbDialect.mariaDb(uri(""));
        },
        2);
  }

  @Test
  void isOpenedAgainWhenTheServerIsBack() throws Exception {
    try (Target target = opener().open()) {
      target.apply(new Batch(List.of(insert(PLAYS, key(1), position(1), QUIZ))));
      server.stop();
      try {
        Batch next = new Batch(List.of(insert(PLAYS, key(2), position(2), QUIZ)));
        assertFails(Kind.UNAVAILABLE, "MariaDB at //127.0.0.1", () -> target.apply(next));
        assertFails(Kind.UNAVAILABLE, "MariaDB at //127.0.0.1", () -> opener().open());
      } finally {
        server.start();
      }
    }
    apply(opener(), insert(PLAYS, key(2), position(2), QUIZ));

    assertThat(stored(PLAYS)).hasSize(2);
  }

  @Test
  void saysWhatIsWrongWithALoginOrADatabase() {
    TargetUri wrong = uri("root:secret", database, "");
    assertFails(Kind.UNUSABLE, "Access denied", () -> opener(wrong).open());
    TargetUri other = uri(MariaDbServer.USER, "other", "");
    assertFails(Kind.UNUSABLE, "Unknown database 'other'", () -> opener(other).open());
  }

  @Test
  void leavesATableOfAnotherShapeAlone() throws Exception {
    execute(database, "create table plays_rows (id int)");
    Event event = insert(PLAYS, key(1), position(1), QUIZ);
    assertFails(Kind.UNUSABLE, "plays_rows is there", () -> apply(opener(), event));

    execute(database, "drop table plays_rows");
    execute(database, "create table plays (id int)");
    assertFails(Kind.UNUSABLE, "The table plays is there", () -> apply(opener(), event));
  }

  @Test
  void waitsForAServerThatOnlyReads() throws Exception {
    execute("", "create user reader");
    execute("", "grant all on " + database + ".* to reader");
    execute("", "set global read_only = 1");
    try {
      TargetUri reader = uri("reader", database, "");
      assertFails(Kind.UNAVAILABLE, "read-only", () -> opener(reader).open());
    } finally {
      execute("", "set global read_only = 0");
      execute("", "drop user reader");
    }
  }

  @Test
  void refusesWhatIsTooLongForAKeyOrForThePacketsOfTheServer() {
    Event key = insert(PLAYS, new DocumentKey("k".repeat(501), "string"), position(1), QUIZ);
    assertFails(Kind.REFUSED, "Data too long for column 'id'", () -> apply(opener(), key));

    String large = "{\"text\": \"" + "x".repeat(2_000_000) + "\"}";
    Event document = insert(PLAYS, key(1), position(1), large);
    assertFails(Kind.REFUSED, "packet", () -> apply(opener(), document));
  }

  @Test
  void aCheckThatSomebodyHasAddedRefusesTheDocument() throws Exception {
    apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));
    execute(database, "alter table plays_rows add check (score > 21)");
    Event low = update(PLAYS, key(1), position(2), QUIZ.replace("22", "3"));

    assertFails(Kind.REFUSED, "CONSTRAINT", () -> apply(opener(), low));
  }
}
