package dev.sluice.target.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import dev.sluice.target.redis.RedisParameters.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.exceptions.JedisDataException;

class RedisParametersTest {
  private static RedisParameters of(String uri) {
    return RedisParameters.of(TargetUri.parse(uri));
  }

  @Test
  void aServerHasALoginAPortAndADatabase() {
    assertThat(of("redis://sluice:p%40ss%2F@cache:6380/3").place())
        .isEqualTo(new RedisPlace("cache", 6380, 3, "sluice", "p@ss/"));
    assertThat(of("redis://:p:ss@cache").place())
        .isEqualTo(new RedisPlace("cache", 6379, 0, null, "p:ss"));
    assertThat(of("redis://[::1]:7000/").place())
        .isEqualTo(new RedisPlace("::1", 7000, 0, null, null));
  }

  @Test
  void whatIsNotSaidIsUsual() {
    RedisParameters usual = of("redis://cache");
    assertThat(usual.mode()).isEqualTo(Mode.VALUE);
    assertThat(usual.prefix()).isEmpty();
    assertThat(usual.markers()).hasDays(7);
    assertThat(usual.tls()).isEmpty();
    assertThat(of("rediss://cache").tls()).isPresent();
    assertThat(of("redis://cache?mode=stream&maxlen=1000000").maxLength()).isEqualTo(1_000_000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "redis:cache",
        "redis://",
        "redis://u:s3cret@cache:port",
        "redis://u:s3cret@cache:0",
        "redis://u:s3cret@cache:65536",
        "redis://u:s3cret@cache/one",
        "redis://s3cret@cache",
        "redis://u:s3cret%@cache",
        "redis://u:s3cret@cache?mode=values",
        "redis://u:s3cret@cache?wait=many",
        "redis://u:s3cret@cache?markers=0s",
        "redis://u:s3cret@cache?markers=7",
        "redis://u:s3cret@cache?maxlen=5",
        "redis://u:s3cret@cache?mode=invalidate&prefix=a",
        "redis://u:s3cret@cache?tls.ca=ca.pem",
        "rediss://u:s3cret@cache?tls.cert=own.pem"
      })
  void aWrongOneIsRefusedWithoutItsPassword(String uri) {
    assertThatThrownBy(() -> of(uri))
        .isInstanceOfSatisfying(
            TargetException.class,
            refused -> assertThat(refused.kind()).isEqualTo(TargetException.Kind.UNUSABLE))
        .hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"play", "{id}", "{id}{id}", "play:{_id}:{id}"})
  void aPatternNeedsTheIdAndSomethingBeside(String pattern) {
    assertThatThrownBy(() -> new KeyPattern(pattern)).isInstanceOf(TargetException.class);
  }

  /** The last two are as Redis 6 says it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UNAVAILABLE | LOADING Redis is loading the dataset in memory",
        "UNAVAILABLE | MASTERDOWN Link with MASTER is down and replica-serve-stale-data is 'no'",
        "UNAVAILABLE | MISCONF Redis is configured to save RDB snapshots, but it can't persist",
        "UNAVAILABLE | NOREPLICAS Not enough good replicas to write.",
        "UNAVAILABLE | BUSY Redis is busy running a script.",
        "UNAVAILABLE | ERR max number of clients reached",
        "UNUSABLE    | MOVED 3999 127.0.0.1:6381",
        "UNUSABLE    | ERR unknown command 'EVALSHA', with args beginning with: 'QUIZ'",
        "REFUSED     | WRONGTYPE Operation against a key holding the wrong kind of value",
        "UNAVAILABLE | ERR Error running script (call to f_1): @user_script:4: @user_script: 4: -OOM command not allowed when used memory > 'maxmemory'.",
        "UNAVAILABLE | ERR Error running script (call to f_1): @user_script:2: @user_script: 2: -READONLY You can't write against a read only replica."
      })
  void anErrorIsToldByItsCode(TargetException.Kind kind, String error) {
    TargetException failure =
        RedisFailures.recognise(new JedisDataException(error), "Redis at cache");

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure).hasMessageStartingWith("Redis at cache").hasMessageNotContaining("QUIZ");
  }
}
