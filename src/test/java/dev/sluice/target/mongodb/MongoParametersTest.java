package dev.sluice.target.mongodb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MongoParametersTest {
  private static MongoParameters of(String uri) {
    return MongoParameters.of(TargetUri.parse(uri));
  }

  @Test
  void takesItsOwnOptionsOutAndHandsTheRestToTheDriver() {
    MongoParameters parameters =
        of(
            "mongodb://u:p%40ss@a:1,b:2/?sluice.database=copy&replicaSet=rs&sluice.markers=24h"
                + "&appName=a%20b%26c");

    assertThat(parameters.uri().reveal())
        .isEqualTo("mongodb://u:p%40ss@a:1,b:2/?appName=a%20b%26c&replicaSet=rs");
    assertThat(parameters.database()).contains("copy");
    assertThat(parameters.markers()).isEqualTo(Duration.ofDays(1));
    assertThat(parameters).hasToString(parameters.toString()).asString().doesNotContain("p%40ss");
    assertThat(parameters.shown()).isEqualTo("mongodb://***@a:1,b:2/");
  }

  @Test
  void putsASlashBetweenHostsAndOptions() {
    assertThat(of("mongodb://a?replicaSet=rs").uri().reveal())
        .isEqualTo("mongodb://a/?replicaSet=rs");
    assertThat(of("mongodb://a").uri().reveal()).isEqualTo("mongodb://a");
  }

  @ParameterizedTest
  @CsvSource({
    "mongodb://a/?replicaset=rs&databse=x, has no parameter databse",
    "mongodb://a/?sluice.databse=x, has no parameter sluice.databse",
    "mongodb://a/?sluice.database=a.b, is no name of a database",
    "mongodb://a/?sluice.database=sluice, is where the positions are kept",
    "mongodb://a/?sluice.markers=soon, sluice.markers",
    "mongodb://a/?sluice.TLS_KEY_FILE=k, go together",
    "mongodb://u:p:secret@a/?replicaSet=rs, percent-encode"
  })
  void saysWhatIsWrong(String uri, String sentence) {
    assertThatThrownBy(() -> of(uri))
        .isInstanceOfSatisfying(
            TargetException.class,
            wrong -> assertThat(wrong.kind()).isEqualTo(TargetException.Kind.UNUSABLE))
        .hasMessageContaining(sentence)
        .hasMessageNotContaining("secret");
  }
}
