package dev.sluice.target.redis;

import static dev.sluice.target.redis.RedisConnection.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.RedisServer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import redis.clients.jedis.Protocol.Command;

/** A server with a database for each test, and what these want of it. */
final class PrivateRedis implements AutoCloseable {
  private static final int DATABASES = 100;

  private final RedisServer server;
  private final AtomicInteger databases = new AtomicInteger();

  private PrivateRedis(RedisServer server) {
    this.server = server;
  }

  /** Skips the test without it. */
  static PrivateRedis launch(String... more) {
    assumeTrue(
        RedisServer.isInstalled(),
        "Redis is not installed: apt-get install redis-server brings it");
    String[] all =
        Stream.concat(Stream.of("--databases", "" + DATABASES), Stream.of(more))
            .toArray(String[]::new);
    return new PrivateRedis(RedisServer.launch(all));
  }

  RedisServer server() {
    return server;
  }

  int freshDatabase() {
    return databases.getAndIncrement();
  }

  static TargetUri uri(String login, String place, int database, String parameters) {
    return TargetUri.parse("redis://" + login + "@" + place + "/" + database + "?" + parameters);
  }

  static String login() {
    return ":" + URLEncoder.encode(RedisServer.PASSWORD, StandardCharsets.UTF_8);
  }

  TargetUri uri(int database, String parameters) {
    return uri(login(), server.place(), database, parameters);
  }

  static Target.Opener opener(TargetUri uri) {
    RedisParameters parameters = RedisParameters.of(uri);
    return () -> RedisTarget.open(parameters);
  }

  RedisConnection connect(int database) {
    return RedisConnection.open(RedisParameters.of(uri(database, "mode=value")));
  }

  /** The reply to a command in words. */
  Object command(int database, String... words) {
    try (RedisConnection connection = connect(database)) {
      byte[][] arguments =
          Stream.of(words).skip(1).map(RedisConnection::bytes).toArray(byte[][]::new);
      return connection.call(() -> bytes(words[0].toUpperCase(Locale.ROOT)), arguments);
    }
  }

  String text(int database, String... words) {
    return RedisConnection.text(command(database, words));
  }

  /** Cuts off everybody. */
  void cut() {
    try (RedisConnection connection = connect(0)) {
      connection.call(Command.CLIENT, bytes("KILL"), bytes("TYPE"), bytes("normal"));
    }
  }

  static void apply(Target.Opener opener, Event... events) {
    try (Target target = opener.open()) {
      target.apply(new Batch(List.of(events)));
    }
  }

  static void assertFails(TargetException.Kind kind, String saying, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TargetException.class, failure -> assertThat(failure.kind()).isEqualTo(kind))
        .hasMessageContaining(saying)
        .hasMessageNotContaining(RedisServer.PASSWORD)
        .hasMessageNotContaining("QUIZ");
  }

  @Override
  public void close() {
    server.close();
  }
}
