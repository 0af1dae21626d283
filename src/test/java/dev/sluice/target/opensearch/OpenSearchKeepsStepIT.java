package dev.sluice.target.opensearch;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.rename;
import static dev.sluice.consume.GivenEvents.snapshotCompleted;
import static dev.sluice.consume.GivenEvents.update;
import static dev.sluice.consume.GivenEvents.whole;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.Event;
import dev.sluice.consume.EventType;
import dev.sluice.consume.Rebuildable;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import dev.sluice.consume.TargetIsRebuilt;
import dev.sluice.testing.OpenSearchServer;
import dev.sluice.testing.TcpProxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class OpenSearchKeepsStepIT extends TargetIsRebuilt {
  private static final AtomicInteger PREFIXES = new AtomicInteger();
  private static final String QUIZ = "{\"_id\": \"a\", \"word\": \"QUIZ\", \"score\": 22}";

  private static OpenSearchServer server;

  private KeptIndices kept;

  @BeforeAll
  static void launch() {
    assumeTrue(
        OpenSearchServer.isInstalled(), "OpenSearch is not there: .ci/opensearch fetches it");
    server = OpenSearchServer.launch();
  }

  @AfterAll
  static void end() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void nameIndices() {
    kept = new KeptIndices(server, "step" + PREFIXES.incrementAndGet());
  }

  @AfterEach
  void removeIndices() {
    server.request("DELETE", "/" + kept.prefix() + ".*", "");
  }

  private OpenSearchStore opener(String parameters) {
    return kept.opener(server.hostAndPort(), parameters);
  }

  @Override
  protected Rebuildable rebuildable() {
    return opener("");
  }

  @Override
  protected Map<String, String> stored(Namespace collection) {
    return kept.stored(collection);
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
        .hasMessageNotContaining("QUIZ");
  }

  private List<String> words(String query) {
    return kept.search(kept.alias(PLAYS), query).stream()
        .map(hit -> hit.path("_source").path("word").asText())
        .toList();
  }

  @Test
  void documentsAreSearchedByTheirFieldsAndMarkersAreNeverFound() {
    apply(
        opener(),
        insert(
            PLAYS,
            key(1),
            position(1),
            "{\"_id\": \"a\", \"word\": \"QUIZ\", \"score\": {\"$numberDouble\": \"22.0\"},"
                + " \"when\": {\"$date\": {\"$numberLong\": \"1795136523120\"}},"
                + " \"price\": {\"$numberDecimal\": \"19.90\"}, \"tags\": [\"a\", \"b\"]}"),
        insert(
            PLAYS,
            key(2),
            position(2),
            "{\"word\": \"RIVER\", \"score\": 8.5, \"when\": \"2026-11-21T01:02:03Z\","
                + " \"day\": \"2026-11-20\"}"),
        insert(PLAYS, key(3), position(3), QUIZ),
        delete(PLAYS, key(3), position(4)));

    assertThat(words("{\"match\": {\"word\": \"quiz\"}}")).containsExactly("QUIZ");
    assertThat(words("{\"range\": {\"score\": {\"gt\": 8.4, \"lt\": 8.6}}}"))
        .containsExactly("RIVER");
    assertThat(words("{\"range\": {\"price\": {\"gte\": 19.9}}}")).containsExactly("QUIZ");
    assertThat(words("{\"range\": {\"when\": {\"gte\": \"2026-11-20T23:00:00Z\"}}}"))
        .containsExactly("RIVER");
    assertThat(words("{\"term\": {\"tags.keyword\": \"b\"}}")).containsExactly("QUIZ");
    assertThat(words("{\"term\": {\"_sluice.id\": \"" + key(2).id() + "\"}}"))
        .containsExactly("RIVER");
    assertThat(kept.all(kept.alias(PLAYS))).hasSize(2);
    assertThat(kept.all(kept.index(PLAYS))).hasSize(3);
    JsonNode fields = kept.fields(PLAYS);
    assertThat(fields.at("/when/type").asText()).isEqualTo("date");
    assertThat(fields.at("/score/type").asText()).isEqualTo("double");
    assertThat(fields.at("/day/type").asText()).isEqualTo("text");
  }

  @Test
  void aValueThatContradictsTheMappingIsLeftOutAndTheDocumentIsThere() throws Exception {
    apply(
        opener(),
        insert(PLAYS, key(1), position(1), "{\"word\": \"QUIZ\", \"a\": {\"b\": 1}, \"n\": 1}"),
        insert(PLAYS, key(2), position(2), "{\"word\": \"RIVER\", \"a\": 5, \"n\": {\"m\": 2}}"),
        insert(PLAYS, key(3), position(3), "{\"word\": \"SUN\", \"n\": \"many\", \"\": 1}"),
        insert(PLAYS, key(4), position(4), "{\"word\": \"SEA\", \"x\": [1, {\"y\": 2}]}"));

    assertThat(stored(PLAYS)).hasSize(4);
    assertThat(words("{\"match\": {\"word\": \"river sun sea\"}}"))
        .containsExactlyInAnyOrder("RIVER", "SUN", "SEA");
    assertThat(words("{\"exists\": {\"field\": \"_sluice.leftOut\"}}"))
        .containsExactlyInAnyOrder("RIVER", "SEA");
    assertThat(words("{\"term\": {\"_sluice.leftOut\": \"n\"}}")).containsExactly("RIVER");
  }

  @Test
  void anIndexThatTakesNoMoreFieldsStillTakesDocuments() throws Exception {
    apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));
    kept.set(PLAYS, "index.mapping.total_fields.limit", "14");
    StringBuilder wide = new StringBuilder("{\"word\": \"WIDE\"");
    for (int i = 0; i < 30; i++) {
      wide.append(", \"f").append(i).append("\": ").append(i);
    }
    apply(opener(), insert(PLAYS, key(2), position(2), wide + "}"));

    assertThat(words("{\"match\": {\"word\": \"wide\"}}")).containsExactly("WIDE");
    assertThat(words("{\"term\": {\"_sluice.leftOut\": \"f29\"}}")).containsExactly("WIDE");
  }

  @Test
  void oneThatTheIndexRefusesIsNamedAndTheGoodOnesAroundItAreWritten() throws Exception {
    apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));
    server.request(
        "PUT",
        "/" + kept.index(PLAYS) + "/_mapping",
        "{\"properties\": {\"at\": {\"type\": \"geo_point\", \"ignore_malformed\": false}}}");
    Event good = insert(PLAYS, key(2), position(2), QUIZ);
    Event bad = insert(PLAYS, key(3), position(3), "{\"at\": {\"lat\": 1000, \"lon\": 0}}");
    Event better = insert(PLAYS, key(4), position(4), QUIZ);

    assertThatThrownBy(() -> apply(opener(), good, bad, better))
        .isInstanceOfSatisfying(
            TargetException.class,
            refused -> {
              assertThat(refused.kind()).isEqualTo(Kind.REFUSED);
              assertThat(refused.event()).containsSame(bad);
            });
    assertThat(stored(PLAYS)).containsOnlyKeys(key(1).text(), key(2).text(), key(4).text());
  }

  @Test
  void aLongIdStandsForItself() throws Exception {
    DocumentKey one = new DocumentKey("x".repeat(600) + "1", "string");
    DocumentKey other = new DocumentKey("x".repeat(600) + "2", "string");
    apply(opener(), insert(PLAYS, one, position(1), QUIZ), insert(PLAYS, other, position(2), QUIZ));
    apply(opener(), delete(PLAYS, one, position(3)), insert(PLAYS, one, position(1), QUIZ));

    assertThat(stored(PLAYS)).containsOnlyKeys(other.text());
  }

  @Test
  void markersGoAfterTheirTime() throws Exception {
    apply(
        opener(),
        insert(PLAYS, key(1), position(1), QUIZ),
        delete(PLAYS, key(1), position(2)),
        insert(PLAYS, key(2), position(3), QUIZ));
    assertThat(kept.all(kept.index(PLAYS))).hasSize(2);
    apply(opener("&markers=2h"), update(PLAYS, key(2), position(3 * 3600), QUIZ));

    assertThat(kept.all(kept.index(PLAYS))).hasSize(1);
  }

  @Test
  void moreThanFitsIntoOneAnswerIsMovedAndCleared() throws Exception {
    List<Event> events = new ArrayList<>();
    for (int n = 1; n <= 250; n++) {
      events.add(insert(PLAYS, key(n), position(n), QUIZ));
    }
    events.add(delete(PLAYS, key(250), position(251)));
    apply(opener(), events.toArray(Event[]::new));
    Namespace archive = new Namespace("scrabble", "archive");
    apply(opener(), rename(PLAYS, archive, position(300)));

    assertThat(stored(archive)).hasSize(249);
    assertThat(kept.all(kept.index(archive))).hasSize(250);
    assertThat(kept.all(kept.index(PLAYS))).isEmpty();
    apply(opener(), whole(EventType.DROP, archive, position(301)));
    assertThat(kept.all(kept.index(archive))).isEmpty();
  }

  /** Of the pieces of a large batch the first is written, the second is cut off. */
  @Test
  void goesOnWhenTheServerWasKilledInTheMiddleOfABatch() throws Exception {
    List<Event> events = new ArrayList<>();
    for (int n = 1; n <= 6; n++) {
      String large = "{\"word\": \"" + "w".repeat(1 << 20) + "\"}";
      events.add(insert(PLAYS, key(n), position(n), large));
    }
    try (TcpProxy proxy = TcpProxy.to("127.0.0.1", server.port());
        Target target = kept.opener("127.0.0.1:" + proxy.port(), "").open()) {
      target.apply(new Batch(List.of(insert(PLAYS, key(7), position(7), QUIZ))));
      proxy.dropBytesAfter(TcpProxy.Direction.CLIENT_TO_SERVER, 6 << 20);
      CompletableFuture<Void> applying =
          CompletableFuture.runAsync(() -> target.apply(new Batch(events)));
      Awaitility.await().until(() -> stored(PLAYS).size() == 3);
      server.kill();
      proxy.sever();
      assertFails(Kind.UNAVAILABLE, "127.0.0.1", () -> join(applying));
      assertFails(Kind.UNAVAILABLE, "Nobody serves at", () -> opener().open());
    } finally {
      server.start();
    }
    assertThat(stored(PLAYS)).hasSize(3);
    apply(opener(), events.toArray(Event[]::new));
    assertThat(stored(PLAYS)).hasSize(7);
  }

  private static void join(CompletableFuture<Void> running) throws Throwable {
    try {
      running.join();
    } catch (CompletionException e) {
      throw e.getCause();
    }
  }

  @Test
  void aRenameThatBrokeOffLosesNothing() throws Exception {
    Namespace archive = new Namespace("scrabble", "archive");
    apply(
        opener(),
        insert(PLAYS, key(1), position(1), QUIZ),
        insert(PLAYS, key(2), position(2), QUIZ),
        insert(archive, key(3), position(3), QUIZ));
    Event renamed = rename(PLAYS, archive, position(4));
    kept.set(PLAYS, "index.blocks.write", "true");
    assertFails(Kind.UNAVAILABLE, "has a block", () -> apply(opener(), renamed));
    kept.set(PLAYS, "index.blocks.write", "null");
    // As far as the next try may have come.
    server.request("DELETE", "/" + kept.index(PLAYS) + "/_doc/" + key(1), "");
    apply(opener(), renamed);

    assertThat(stored(archive)).containsOnlyKeys(key(1).text(), key(2).text());
    assertThat(kept.all(kept.index(PLAYS))).isEmpty();
  }

  @Test
  void theEndOfASnapshotThatBrokeOffIsMadeGood() throws Exception {
    apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));
    Event end = snapshotCompleted(PLAYS, position(10), position(13), false);
    kept.set(PLAYS, "index.blocks.write", "true");
    assertFails(Kind.UNAVAILABLE, "has a block", () -> apply(opener(), end));
    kept.set(PLAYS, "index.blocks.write", "null");
    apply(opener(), end);

    assertThat(stored(PLAYS)).isEmpty();
  }

  @Test
  void aDropOfAnotherConsumerTakesAwayWhatIsWrittenBesideIt() throws Exception {
    try (Target one = opener().open()) {
      one.apply(new Batch(List.of(insert(PLAYS, key(1), position(1), QUIZ))));
      // It has read the floor, writes, and looks again.
      apply(opener(), whole(EventType.DROP, PLAYS, position(5)));
      ((OpenSearchTarget) one).write(PLAYS, List.of(insert(PLAYS, key(2), position(2), QUIZ)));
    }

    assertThat(kept.all(kept.index(PLAYS))).isEmpty();
  }

  @Test
  void waitsForABlockToGoAndNamesIt() throws Exception {
    apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));
    for (String block : List.of("read_only_allow_delete", "write", "read_only")) {
      kept.set(PLAYS, "index.blocks." + block, "true");
      Event next = update(PLAYS, key(1), position(2), QUIZ);
      assertFails(Kind.UNAVAILABLE, "has a block", () -> apply(opener(), next));
      kept.set(PLAYS, "index.blocks." + block, "null");
    }
    apply(opener(), delete(PLAYS, key(1), position(3)));

    assertThat(stored(PLAYS)).isEmpty();
  }

  @Test
  void anIndexThatIsRemovedUnderneathIsMadeAgainByTheNext() throws Exception {
    try (Target target = opener().open()) {
      target.apply(new Batch(List.of(insert(PLAYS, key(1), position(1), QUIZ))));
      server.request("DELETE", "/" + kept.index(PLAYS), "");
      Batch next = new Batch(List.of(insert(PLAYS, key(2), position(2), QUIZ)));
      assertFails(Kind.UNAVAILABLE, "index_not_found", () -> target.apply(next));
    }
    apply(opener(), insert(PLAYS, key(2), position(2), QUIZ));

    assertThat(stored(PLAYS)).containsOnlyKeys(key(2).text());
  }

  @Test
  void leavesAnIndexOfSomebodyElseAlone() {
    server.request("PUT", "/" + kept.index(PLAYS), "{}");
    Event event = insert(PLAYS, key(1), position(1), QUIZ);

    assertFails(Kind.UNUSABLE, "is there, and not for", () -> apply(opener(), event));
  }

  @Test
  void collectionsThatDifferByCaseHaveIndicesOfTheirOwn() throws Exception {
    Namespace upper = new Namespace("scrabble", "Plays");
    apply(
        opener(),
        insert(PLAYS, key(1), position(1), QUIZ),
        insert(upper, key(2), position(2), QUIZ));

    assertThat(stored(PLAYS)).containsOnlyKeys(key(1).text());
    assertThat(stored(upper)).containsOnlyKeys(key(2).text());
  }

  @Test
  void aTemplateOfTheUsersDecidesTypesAndAnUnsafeOneIsWarnedOf() throws Exception {
    server.request(
        "PUT",
        "/_index_template/" + kept.prefix(),
        "{\"index_patterns\": [\""
            + kept.prefix()
            + ".*\"], \"template\": {\"settings\": {\"index.translog.durability\": \"async\"},"
            + " \"mappings\": {\"properties\": {\"score\": {\"type\": \"keyword\"}}}}}");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(Indices.class);
    log.start();
    logger.addAppender(log);
    try {
      apply(opener(), insert(PLAYS, key(1), position(1), QUIZ));
    } finally {
      logger.detachAppender(log);
      server.request("DELETE", "/_index_template/" + kept.prefix(), "");
    }

    assertThat(words("{\"term\": {\"score\": \"22\"}}")).containsExactly("QUIZ");
    assertThat(kept.fields(PLAYS).at("/score/type").asText()).isEqualTo("keyword");
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .anySatisfy(line -> assertThat(line).contains("index.translog.durability=async"));
  }
}
