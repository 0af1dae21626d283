package dev.sluice.doctor;

import static dev.sluice.doctor.Looked.assertFinding;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.StoredPosition;
import dev.sluice.config.CaptureSettings;
import dev.sluice.config.HostPort;
import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import dev.sluice.config.SnapshotSettings;
import dev.sluice.mongo.Grants;
import dev.sluice.mongo.MongoFacts;
import dev.sluice.mongo.MongoFacts.Log;
import dev.sluice.mongo.MongoFacts.Member;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What MongoDB's checks make of what servers say. */
class MongoChecksTest {
  private static final int NOON = 1_795_000_000;
  private static final HostPort HERE = new HostPort("one", 27017);

  private static CaptureSettings capture(Map<String, String> environment) {
    Settings settings = SettingsReader.read(environment, Path.of("/dev/null"));
    return settings.capture();
  }

  private static Grants grants(String... privileges) {
    return Grants.of(
        BsonDocument.parse(
            "{authInfo: {authenticatedUsers: [{user: 'carrier', db: 'admin'}],"
                + " authenticatedUserPrivileges: ["
                + String.join(", ", privileges)
                + "]}}"));
  }

  private static String on(String database, String collection, String actions) {
    return "{resource: {db: '"
        + database
        + "', collection: '"
        + collection
        + "'}, actions: ["
        + actions
        + "]}";
  }

  private static MongoPrivilegesCheck privileges(Grants grants, Map<String, String> environment) {
    return new MongoPrivilegesCheck(
        Mono.just(grants), capture(environment), SnapshotSettings.Mode.NEVER);
  }

  @Test
  void theRolesOfThePageAreEnough() {
    Grants roles =
        grants(
            on("scrabble", "", "'changeStream', 'find', 'listCollections', 'collStats'"),
            on("sluice", "", "'find', 'insert', 'update', 'remove'"),
            on("local", "", "'find', 'collStats'"));

    assertFinding(privileges(roles, Map.of()), Verdict.OK, "all 8");
  }

  @Test
  void eachMissingPrivilegeIsNamed() {
    Grants some =
        grants(
            on("scrabble", "scrabble", "'find'"),
            on("sluice", "checkpoints", "'find', 'insert', 'update'"));

    assertFinding(
        privileges(some, Map.of()),
        Verdict.FAILURE,
        "4 of 8 are missing",
        "changeStream on scrabble.scrabble",
        "find on sluice.requests: without it, snapshots on demand do not work",
        "find on local.oplog.rs: without it, nobody is warned");
  }

  @Test
  void whatCanBeLeftOutIsAWarning() {
    Grants without =
        grants(
            on("scrabble", "scrabble", "'find', 'changeStream'"),
            on("sluice", "", "'find', 'insert', 'update'"));

    assertFinding(privileges(without, Map.of()), Verdict.WARNING, "1 of 8", "local.oplog.rs");
  }

  @Test
  void aWideScopeNeedsWidePrivileges() {
    Grants narrow = grants(on("scrabble", "scrabble", "'find', 'changeStream'"));

    assertFinding(
        privileges(narrow, Map.of("SLUICE_NAMESPACES", "scrabble.*")),
        Verdict.FAILURE,
        "changeStream on the database scrabble");
    assertFinding(
        privileges(narrow, Map.of("SLUICE_NAMESPACES", "*.*")),
        Verdict.FAILURE,
        "changeStream on every database");
    assertFinding(
        privileges(narrow, Map.of("SLUICE_VIEW", "OLD_IMAGE", "SLUICE_ENABLE_IMAGES", "true")),
        Verdict.FAILURE,
        "listCollections on the database scrabble",
        "collMod on scrabble.scrabble");
  }

  @Test
  void everyDatabaseDoesNotMeanMongosOwnAndAnyResourceDoes() {
    Grants everywhere = grants(on("", "", "'find'"));
    Grants any = grants("{resource: {anyResource: true}, actions: ['find']}");
    Grants cluster = grants("{resource: {cluster: true}, actions: ['find']}");

    assertThat(everywhere.allow("find", "shop", "orders")).isTrue();
    assertThat(everywhere.allow("find", "", "")).isTrue();
    assertThat(everywhere.allow("find", "local", "oplog.rs")).isFalse();
    assertThat(any.allow("find", "local", "oplog.rs")).isTrue();
    assertThat(cluster.allow("find", "shop", "orders")).isFalse();
  }

  @Test
  void nobodyWhoIsLoggedInLacksNothing() {
    Grants nobody = Grants.of(BsonDocument.parse("{authInfo: {authenticatedUsers: []}}"));

    assertFinding(privileges(nobody, Map.of()), Verdict.OK, "nobody is logged in");
  }

  @Test
  void aDangerousVersionIsAWarning() {
    MongoFacts.Version dangerous =
        new MongoFacts.Version("9.0.1", Optional.of("MongoDB 9.0.1 may end it"), List.of());

    assertFinding(
        new MongoVersionCheck(Mono.just(dangerous)), Verdict.WARNING, "MongoDB 9.0.1 may end it");
  }

  @Test
  void aMemberThatIsAwayIsAWarningWithItsReason() {
    List<Member> members =
        List.of(
            new Member(HERE, "primary", Optional.empty()),
            new Member(new HostPort("two", 27017), "unknown", Optional.of("nobody knows it")));

    assertFinding(
        new MembersCheck(Mono.just(members)),
        Verdict.WARNING,
        "1 of 2 cannot be used",
        "two:27017: nobody knows it",
        "one:27017 is primary");
    assertFinding(
        new MembersCheck(Mono.just(members.subList(0, 1))), Verdict.OK, "nobody takes over");
  }

  private static Log log(int seconds, Optional<Long> bytes, Optional<Long> most) {
    return new Log(
        new LogWindow(new BsonTimestamp(NOON, 1), new BsonTimestamp(NOON + seconds, 1)),
        bytes,
        most);
  }

  private static OplogCheck oplog(Log log, int positionSeconds) {
    return new OplogCheck(Mono.just(log), Mono.just(stored(positionSeconds, Optional.empty())));
  }

  private static StoredPosition stored(int seconds, Optional<String> runBy) {
    return new StoredPosition(
        "scrabble.scrabble",
        Optional.of(new Position.At(new BsonTimestamp(NOON + seconds, 1))),
        Optional.of(Instant.ofEpochSecond(NOON)),
        runBy,
        Instant.ofEpochSecond(NOON + 5));
  }

  @Test
  void aPositionThatHasFallenOffIsAFailure() {
    assertFinding(
        oplog(log(7200, Optional.empty(), Optional.empty()), -60),
        Verdict.FAILURE,
        "begins 60 s behind the saved position",
        "docs/LOST_POSITION.md");
  }

  @Test
  void aPositionThatIsAboutToFallOffIsAWarning() {
    assertFinding(
        oplog(log(7200, Optional.empty(), Optional.empty()), 600),
        Verdict.WARNING,
        "in 10 min the saved position falls off",
        "replSetResizeOplog");
    assertFinding(oplog(log(7200, Optional.empty(), Optional.empty()), 7190), Verdict.OK);
  }

  @Test
  void theRateAtWhichTheOplogIsWrittenSaysHowLongItLasts() {
    assertFinding(
        oplog(log(3600, Optional.of(3600L << 20), Optional.of(36_000L << 20)), 3600),
        Verdict.OK,
        "written at 1024 KiB/s",
        "holds 10 h when it is full");
  }

  @Test
  void aShortOplogIsAWarningOnceItIsFull() {
    assertFinding(
        oplog(log(600, Optional.of(95L << 20), Optional.of(100L << 20)), 600),
        Verdict.WARNING,
        "reaches back 10 min only");
    assertFinding(
        oplog(log(600, Optional.of(10L << 20), Optional.of(100L << 20)), 600), Verdict.OK);
  }

  @Test
  void anOplogThatMayNotBeReadIsSkipped() {
    assertFinding(
        new OplogCheck(Mono.empty(), Mono.empty()), Verdict.SKIPPED, "may not read local.oplog.rs");
  }

  @Test
  void aClockThatDiffersIsAWarning() {
    assertFinding(
        new ClockCheck("mongodb clock", Mono.just(Duration.ofSeconds(-4))),
        Verdict.WARNING,
        "4000 ms behind this machine's",
        "NTP");
    assertFinding(new ClockCheck("mongodb clock", Mono.just(Duration.ofMillis(900))), Verdict.OK);
    assertFinding(new ClockCheck("rabbitmq clock", Mono.empty()), Verdict.SKIPPED);
  }

  private static LeaseCheck lease(StoredPosition stored, int newest) {
    return new LeaseCheck(
        "p",
        Mono.just(stored),
        Mono.just(new BsonTimestamp(NOON + newest, 1)),
        Duration.ofSeconds(1));
  }

  @Test
  void aPipelineThatRunsAndDoesNotComeAlongIsAWarning() {
    assertFinding(
        lease(stored(0, Optional.of("process 1")), 300),
        Verdict.WARNING,
        "is run by process 1",
        "is 5 min behind");
    assertFinding(
        lease(stored(0, Optional.of("process 1")), 30), Verdict.OK, "saved a position 5 s ago");
    assertFinding(lease(stored(0, Optional.empty()), 300), Verdict.OK, "nobody runs \"p\"");
  }

  @Test
  void hostsThatNobodyKnowsAreNamed() {
    HostsCheck.Resolver resolver =
        host -> {
          if (host.equals("two")) {
            throw new UnknownHostException(host);
          }
          return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };
    HostPort unknown = new HostPort("two", 27017);

    assertFinding(hosts(resolver, HERE), Verdict.OK, "one is 127.0.0.1");
    assertFinding(hosts(resolver, HERE, unknown), Verdict.WARNING, "\"two\"", "one is 127.0.0.1");
    assertFinding(hosts(resolver, unknown), Verdict.FAILURE, "\"two\"", "THE_KEY");
    assertFinding(hosts(resolver), Verdict.OK, "the DNS lists the servers");
  }

  private static HostsCheck hosts(HostsCheck.Resolver resolver, HostPort... hosts) {
    return new HostsCheck(
        "mongodb dns", List.of(hosts), "THE_KEY", resolver, Schedulers.immediate());
  }
}
