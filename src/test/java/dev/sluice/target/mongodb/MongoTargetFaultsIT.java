package dev.sluice.target.mongodb;

import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.CreateCollectionOptions;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.ValidationOptions;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.sluice.change.Namespace;
import dev.sluice.config.Secret;
import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.EventType;
import dev.sluice.consume.GivenEvents;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import dev.sluice.consume.TargetUri;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.embedded.mongo.ServerVersion;
import dev.sluice.testing.FaultyMongo;
import dev.sluice.testing.FreePorts;
import dev.sluice.testing.TestAuthority;
import dev.sluice.testing.TestMongo;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.bson.BsonDocument;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a copy when its servers fail, refuse, or are the wrong ones. */
class MongoTargetFaultsIT {
  private static final String SECRET = "s3cret";

  private static FaultyMongo mongo;
  private static MongoClient client;

  private String database;
  private Namespace plays;

  @BeforeAll
  static void launch() {
    mongo = FaultyMongo.launch();
    client = MongoClients.create(mongo.uri());
  }

  @AfterAll
  static void end() {
    client.close();
    mongo.close();
  }

  @BeforeEach
  void takeFreshNames() {
    database = TestMongo.freshDatabase("copy").replace(".", "_");
    plays = new Namespace(database, "plays");
  }

  @AfterEach
  void heal() {
    mongo.heal();
    client.getDatabase(database).drop();
    for (String each : List.of("collections", "states")) {
      client
          .getDatabase("sluice")
          .getCollection(each)
          .deleteMany(
              Filters.or(
                  Filters.regex("_id", "^" + database), Filters.regex("_id.ns", "^" + database)));
    }
  }

  private static Target.Opener opener(String uri) {
    return MongoTarget.opener(MongoParameters.of(TargetUri.parse(uri)), Optional.empty());
  }

  private static Target.Opener opener() {
    return opener(mongo.uri());
  }

  private Event play(int n, int score) {
    return insert(plays, key(n), position(score), "{\"word\": \"QUIZ\", \"score\": " + score + "}");
  }

  private static void apply(Target.Opener opener, Event... events) {
    try (Target target = opener.open()) {
      target.apply(new Batch(List.of(events)));
    }
  }

  /** As the loop does: the same batch again by a new target, until it is applied. */
  private static void applyAtLast(Target.Opener opener, Event... events) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollInSameThread()
        .until(
            () -> {
              try {
                apply(opener, events);
                return true;
              } catch (TargetException failure) {
                assertThat(failure.kind()).as(failure.toString()).isEqualTo(Kind.UNAVAILABLE);
                return false;
              }
            });
  }

  private MongoCollection<BsonDocument> copy() {
    return client.getDatabase(database).getCollection("plays", BsonDocument.class);
  }

  private List<Integer> scores() {
    return copy().find().map(each -> each.getInt32("score").getValue()).into(new ArrayList<>());
  }

  private static TargetException assertFails(Kind kind, String saying, ThrowingCallable call) {
    List<TargetException> failures = new ArrayList<>();
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TargetException.class,
            failure -> {
              failures.add(failure);
              assertThat(failure.kind()).as(failure.toString()).isEqualTo(kind);
            })
        .hasMessageContaining(saying)
        .hasMessageNotContaining(SECRET)
        .hasMessageNotContaining("QUIZ");
    return failures.get(0);
  }

  @Test
  void anElectionInTheMiddleLosesNothing() {
    try (Target target = opener().open()) {
      target.apply(new Batch(List.of(play(1, 1))));
      mongo.stepDown();
      try {
        target.apply(new Batch(List.of(play(1, 2), play(2, 3))));
      } catch (TargetException failure) {
        assertThat(failure.kind()).as(failure.toString()).isEqualTo(Kind.UNAVAILABLE);
      }
    }
    applyAtLast(opener(), play(1, 2), play(2, 3));

    assertThat(scores()).containsExactlyInAnyOrder(2, 3);
  }

  @Test
  void aCommitThatFailedAppliesNothingAndTheSecondTryAll() {
    apply(opener(), play(1, 1));
    // Often enough that the driver does not get over it by itself.
    mongo.failCommandTimes(3, 112, "commitTransaction");
    assertFails(
        Kind.UNAVAILABLE, "cannot take it for now", () -> apply(opener(), play(1, 2), play(2, 3)));
    assertThat(scores()).containsExactly(1);
    mongo.lift();
    applyAtLast(opener(), play(1, 2), play(2, 3));

    assertThat(scores()).containsExactlyInAnyOrder(2, 3);
  }

  @Test
  void aCommitThatIsNotReplicatedIsDoneAgainAndChangesNothing() {
    apply(opener(), play(1, 1));
    mongo.failWriteConcern(64, "commitTransaction");
    assertFails(Kind.UNAVAILABLE, "cannot take it for now", () -> apply(opener(), play(1, 2)));
    mongo.lift();
    applyAtLast(opener(), play(1, 2));

    assertThat(scores()).containsExactly(2);
  }

  @Test
  void aTargetThatIsDownIsWaitedFor() {
    String nobody =
        "mongodb://u:"
            + SECRET
            + "@localhost:"
            + FreePorts.one()
            + "/?replicaSet=r&serverSelectionTimeoutMS=300";
    assertFails(Kind.UNAVAILABLE, "cannot be reached", () -> opener(nobody).open());
  }

  @Test
  void aLoginThatIsRefusedAndAMissingPrivilegeStop() {
    String login = mongo.uri().replaceFirst("//([^@/]*@)?", "//u:" + SECRET + "@");
    assertFails(Kind.UNUSABLE, "refuses the login", () -> opener(login).open());

    mongo.failCommand(13, "update");
    assertFails(Kind.UNUSABLE, "needs the role readWrite", () -> apply(opener(), play(1, 1)));
  }

  @Test
  void aStandaloneAndASetThatIsNotNamedAreRefused() {
    MongoServer standalone = new MongoServer(new MemoryBackend());
    try {
      String uri = "mongodb://127.0.0.1:" + standalone.bind().getPort();
      assertFails(Kind.UNUSABLE, "is a standalone", () -> opener(uri).open());
    } finally {
      standalone.shutdownNow();
    }
    String unnamed = mongo.uri().replaceFirst("[?&]replicaSet=[^&]*", "");
    assertFails(Kind.UNUSABLE, "add replicaSet=", () -> opener(unnamed).open());
  }

  @Test
  void theSourceItselfIsNoTarget() {
    MongoParameters same = MongoParameters.of(TargetUri.parse(mongo.uri()));
    Optional<Secret> source = Optional.of(new Secret(mongo.uri()));
    assertFails(
        Kind.UNUSABLE,
        "is where the changes come from",
        () -> apply(MongoTarget.opener(same, source), play(1, 1)));
    assertThat(scores()).isEmpty();

    String other = mongo.uriWith("sluice.database=" + database);
    Target.Opener elsewhere =
        MongoTarget.opener(MongoParameters.of(TargetUri.parse(other)), source);
    Namespace scrabble = new Namespace(database + "_s", "plays");
    apply(elsewhere, insert(scrabble, key(1), position(1), "{\"score\": 7}"));
    assertThat(scores()).containsExactly(7);
    Namespace chess = new Namespace(database + "_c", "plays");
    assertFails(
        Kind.UNUSABLE,
        "would be mixed",
        () -> apply(elsewhere, GivenEvents.whole(EventType.DROP, chess, position(2))));
    assertThat(scores()).containsExactly(7);
  }

  @Test
  void aDocumentThatIsTooLargeIsRefused() {
    String large = "{\"text\": \"" + "x".repeat(17 << 20) + "\", \"score\": 1}";
    Event event = insert(plays, key(1), position(1), large);
    assertFails(Kind.REFUSED, "16 MB", () -> apply(opener(), event));
    apply(opener(), play(1, 2));

    assertThat(scores()).containsExactly(2);
  }

  @Test
  void aDocumentThatIsNoExtendedJsonIsRefusedByName() {
    Event odd = update(plays, key(1), position(1), "{\"v\": {\"$uuid\": \"QUIZ\"}}");
    TargetException refused =
        assertFails(
            Kind.REFUSED, "cannot be restored", () -> apply(opener(), play(2, 1), odd, play(3, 2)));

    assertThat(refused.event()).contains(odd);
  }

  @Test
  void whatAnIndexOrAValidatorRefusesIsRefusedByName() {
    assumeTrue(TestMongo.shared().isReal(), "the embedded replica set has neither");
    client
        .getDatabase(database)
        .createCollection(
            "plays",
            new CreateCollectionOptions()
                .validationOptions(new ValidationOptions().validator(Filters.lt("score", 100))));
    copy().createIndex(Indexes.ascending("score"), new IndexOptions().unique(true));
    apply(opener(), play(1, 1));
    Event same = insert(plays, key(2), position(2), "{\"word\": \"QUIZ\", \"score\": 1}");
    assertThat(
            assertFails(
                    Kind.REFUSED, "unique index score_1", () -> apply(opener(), play(3, 3), same))
                .event())
        .contains(same);
    Event high = play(4, 100);
    assertThat(
            assertFails(Kind.REFUSED, "validator", () -> apply(opener(), play(3, 3), high)).event())
        .contains(high);

    assertThat(scores()).containsExactly(1);
  }

  @Test
  void theOldestReleaseWillDo() {
    try (EmbeddedReplicaSet set =
            EmbeddedReplicaSet.builder().name("old").version(ServerVersion.V4_2).start();
        MongoClient old = MongoClients.create(set.uri())) {
      apply(opener(set.uri()), play(1, 1));
      apply(opener(set.uri()), play(1, 2), play(2, 3));

      assertThat(old.getDatabase(database).getCollection("plays").countDocuments()).isEqualTo(2);
    }
  }

  @Test
  void tlsIsMadeWithTheFilesThatTheTargetNames(@TempDir Path directory) throws Exception {
    TestAuthority authority = new TestAuthority(directory, "authority");
    TestAuthority.Issued own = authority.issue("localhost");
    SslContextBuilder tls =
        SslContextBuilder.forServer(own.certificate().toFile(), own.key().toFile());
    try (EmbeddedReplicaSet set =
        EmbeddedReplicaSet.builder().name("tls").tls(tls.build()).start()) {
      String uri = set.uri() + "&serverSelectionTimeoutMS=2000";
      apply(opener(uri + "&sluice.TLS_CA_FILE=" + authority.certificate()), play(1, 1));
      Path other = new TestAuthority(directory, "other").certificate();
      assertFails(
          Kind.UNUSABLE,
          "whom we trust: name the authority that issued it by sluice.TLS_CA_FILE",
          () -> opener(uri + "&sluice.TLS_CA_FILE=" + other).open());
    }
  }
}
