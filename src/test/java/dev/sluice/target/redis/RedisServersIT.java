package dev.sluice.target.redis;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.target.redis.PrivateRedis.apply;
import static dev.sluice.target.redis.PrivateRedis.assertFails;
import static dev.sluice.target.redis.PrivateRedis.opener;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.consume.Event;
import dev.sluice.consume.TargetException.Kind;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.FreePorts;
import dev.sluice.testing.RedisServer;
import dev.sluice.testing.TestAuthority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Servers of all sorts: whether they are used, and what is said of them. */
class RedisServersIT {
  private static final String QUIZ = "{\"_id\": \"a\", \"word\": \"QUIZ\", \"score\": 22}";
  private static final Event EVENT = insert(PLAYS, key(1), position(1), QUIZ);

  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(ServerCheck.class);

  @TempDir private Path directory;

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(lines);
  }

  private List<String> warnings() {
    List<String> warnings = lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    lines.list.clear();
    return warnings;
  }

  @Test
  void saysWhatIsWrongWithALoginOrADatabase() {
    try (PrivateRedis redis = PrivateRedis.launch()) {
      String place = redis.server().place();
      assertFails(
          Kind.UNUSABLE,
          "WRONGPASS",
          () -> opener(PrivateRedis.uri(":wrong", place, 0, "mode=value")).open());
      assertFails(
          Kind.UNUSABLE, "NOAUTH", () -> opener(TargetUri.parse("redis://" + place)).open());
      assertFails(Kind.UNUSABLE, "DB index", () -> opener(redis.uri(9999, "mode=value")).open());

      redis.command(0, "ACL", "SETUSER", "reader", "on", ">secret", "~*", "+@read", "+select");
      TargetUri reader = PrivateRedis.uri("reader:secret", place, 0, "mode=value");
      assertFails(Kind.UNUSABLE, "NOPERM", () -> apply(opener(reader), EVENT));
      assertThat(warnings()).singleElement().asString().contains("does not let this user ask");
    }
  }

  @Test
  void warnsOfServersThatMayLoseWhatTheyHaveConfirmed() {
    try (PrivateRedis redis = PrivateRedis.launch()) {
      apply(opener(redis.uri(0, "mode=value")), EVENT);
      assertThat(warnings()).isEmpty();

      redis.command(0, "CONFIG", "SET", "appendfsync", "everysec");
      apply(opener(redis.uri(0, "mode=value")), EVENT);
      assertThat(warnings()).singleElement().asString().contains("everysec", "second or two");

      redis.command(0, "CONFIG", "SET", "appendonly", "no");
      apply(opener(redis.uri(0, "mode=stream")), EVENT);
      assertThat(warnings()).singleElement().asString().contains("appendonly no");

      redis.command(0, "CONFIG", "SET", "maxmemory-policy", "allkeys-lru");
      apply(opener(redis.uri(0, "mode=value")), EVENT);
      assertThat(warnings()).anyMatch(line -> line.contains("maxmemory-policy allkeys-lru"));

      apply(opener(redis.uri(0, "mode=invalidate")), EVENT);
      assertThat(warnings()).isEmpty();
    }
  }

  @Test
  void waitsUntilAsManyReplicasHaveABatchAsAreAskedFor() {
    try (PrivateRedis redis = PrivateRedis.launch();
        PrivateRedis replica =
            PrivateRedis.launch(
                "--replicaof",
                "127.0.0.1 " + redis.server().port(),
                "--masterauth",
                RedisServer.PASSWORD,
                "--repl-diskless-sync-delay",
                "0")) {
      assertFails(
          Kind.UNAVAILABLE, "wait says 2", () -> apply(opener(redis.uri(0, "wait=2")), EVENT));
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> redis.text(0, "INFO", "replication").contains("state=online"));
      apply(opener(redis.uri(0, "wait=1")), EVENT);

      // It is there already: nothing has to be waited for.
      assertThat(replica.text(0, "HGET", "scrabble.plays:" + key(1).id(), "document"))
          .isEqualTo(QUIZ);
      assertFails(
          Kind.UNAVAILABLE, "READONLY", () -> apply(opener(replica.uri(0, "mode=value")), EVENT));
    }
  }

  @Test
  void speaksTlsWithWhomItKnows() {
    TestAuthority authority = new TestAuthority(directory, "authority");
    TestAuthority.Issued issued = authority.issue("localhost");
    TestAuthority.Issued ours = authority.issue("sluice");
    int port = FreePorts.one();
    try (PrivateRedis redis =
        PrivateRedis.launch(
            "--tls-port",
            Integer.toString(port),
            "--tls-cert-file",
            issued.certificate().toString(),
            "--tls-key-file",
            issued.key().toString(),
            "--tls-ca-cert-file",
            authority.certificate().toString())) {
      String at = PrivateRedis.login() + "@localhost:" + port + "/0?";
      String own = "&tls.cert=" + ours.certificate() + "&tls.key=" + ours.key();
      String ca = "tls.ca=" + authority.certificate();
      apply(opener(TargetUri.parse("rediss://" + at + ca + own)), EVENT);
      assertThat(redis.command(0, "DBSIZE")).isEqualTo(2L);

      assertFails(
          Kind.UNUSABLE,
          "tls.ca",
          () -> opener(TargetUri.parse("rediss://" + at + "mode=value" + own)).open());
      String other = at.replace("localhost", "127.0.0.1");
      assertFails(
          Kind.UNUSABLE,
          "127.0.0.1",
          () -> opener(TargetUri.parse("rediss://" + other + ca)).open());
      String missing = "tls.ca=" + directory.resolve("missing.pem");
      assertFails(
          Kind.UNUSABLE,
          "tls.ca",
          () -> opener(TargetUri.parse("rediss://" + at + missing)).open());
    }
  }

  @Test
  void refusesAServerOfACluster() {
    try (PrivateRedis redis = PrivateRedis.launch("--cluster-enabled", "yes")) {
      assertFails(
          Kind.UNUSABLE, "one of a cluster", () -> opener(redis.uri(0, "mode=value")).open());
    }
  }
}
