package dev.sluice.target.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import dev.sluice.target.cassandra.CassandraParameters.Host;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CassandraParametersTest {
  private static CassandraParameters of(String uri) {
    return CassandraParameters.of(TargetUri.parse(uri));
  }

  @Test
  void readsHostsKeyspaceLoginAndTheDriversOwnSettings() {
    CassandraParameters parameters =
        of(
            "cassandra://me:p%40ss%2F@one,two:9043,[::1]:9044/Copies"
                + "?datacenter=dc1&consistency=ALL&driver.basic.request.timeout=20s");

    assertThat(parameters.hosts())
        .containsExactly(new Host("one", 9042), new Host("two", 9043), new Host("[::1]", 9044));
    assertThat(parameters.keyspace()).isEqualTo("Copies");
    assertThat(parameters.user()).isEqualTo("me");
    assertThat(parameters.password()).isEqualTo("p@ss/");
    assertThat(parameters.datacenter()).isEqualTo("dc1");
    assertThat(parameters.consistency()).isEqualTo("ALL");
    assertThat(parameters.driver()).isEqualTo(Map.of("basic.request.timeout", "20s"));
    assertThat(parameters).hasToString("//one:9042,two:9043,[::1]:9044/Copies");
  }

  @Test
  void needsNoLoginAndNoParameters() {
    CassandraParameters parameters = of("cassandra://host/copies");

    assertThat(parameters.user()).isNull();
    assertThat(parameters.datacenter()).isNull();
    assertThat(parameters.consistency()).isEqualTo("LOCAL_QUORUM");
    assertThat(parameters.fullNames()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"cassandra:copies", "cassandra://host", "cassandra://host/", "cassandra://h/a/b"})
  void showsHowATargetIsWritten(String uri) {
    assertThatThrownBy(() -> of(uri))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("cassandra://user:password@host:9042/keyspace?datacenter=dc1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cassandra://h/k?consistency=ONE | less than a quorum",
        "cassandra://h/k?names=short | names is collection or full",
        "cassandra://h/k?history=true | has no parameter history",
        "cassandra://h:0/k | port 0",
        "cassandra://h:99999/k | port 99999",
        "cassandra://h:x/k | host:9042,host:9042",
      })
  void refusesAWrongParameterInASentence(String uri, String sentence) {
    assertThatThrownBy(() -> of(uri))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining(sentence);
  }
}
