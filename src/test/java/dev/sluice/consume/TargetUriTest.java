package dev.sluice.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetUriTest {
  @Test
  void hasASchemeAPlaceAndParameters() {
    TargetUri uri =
        TargetUri.parse(
            "JDBC:postgresql://h:5432/db?columns=a=b.c:int,d&x=a%26b+c&driver.ssl=true");

    assertThat(uri.scheme()).isEqualTo("jdbc:postgresql");
    assertThat(uri.place()).isEqualTo("//h:5432/db");
    assertThat(uri.parameter("x")).contains("a&b+c");
    assertThat(uri.columns())
        .containsExactly(
            Column.parse("a=b.c:int"), new Column("d", List.of("d"), Column.Type.TEXT));
    assertThat(uri.driverParameters()).containsOnly(entry("ssl", "true"));
  }

  @ParameterizedTest
  @CsvSource({
    "redis://user:p@ss/w#rd@host:1, redis://***@host:1",
    "opensearch+https://u:secret@host/i?password=secret, opensearch+https://***@host/i",
    "jdbc:sqlite:plays.db?driver.password=secret, jdbc:sqlite:plays.db"
  })
  void showsNoSecret(String text, String shown) {
    assertThat(TargetUri.parse(text)).hasToString(shown);
  }

  @Test
  void leavesACommandAndAUrlAsTheyAre() {
    assertThat(TargetUri.parse("exec:curl 'http://x/?a=b'").place())
        .isEqualTo("curl 'http://x/?a=b'");
    assertThat(TargetUri.parse("https://x/?token").place()).isEqualTo("//x/?token");
  }

  @ParameterizedTest
  @CsvSource({
    "exec:./apply.sh, exec:./apply.sh",
    "exec: curl -u me:secret https://x/, exec:curl",
    "exec:TOKEN=secret ./apply.sh, exec:***",
    "https://me:secret@x/events?key=secret, https://***@x/events"
  })
  void showsNoSecretOfACommandOrAUrl(String text, String shown) {
    assertThat(TargetUri.parse(text)).hasToString(shown);
  }

  @Test
  void namesWhatItDoesNotKnowAndWhatItDoes() {
    assertThatThrownBy(
            () -> TargetUri.parse("file:a?rotat=day").requireKnown(false, "rotate", "columns"))
        .hasMessage("The target file: has no parameter rotat; it has columns, rotate");
    assertThatThrownBy(() -> TargetUri.parse("file:a?x=yes").flag("x"))
        .hasMessageContaining("x is true or false");
    assertThatThrownBy(() -> TargetUri.parse("file:a?columns=a:integer").columns())
        .hasMessageContaining("\"integer\"")
        .hasMessageContaining("int, long");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plays.db", "", "file:a?b", "file:a?=b", "file:a?b=c&b=d", "file:a?b=%"})
  void refusesWhatIsNoUri(String text) {
    assertThatThrownBy(() -> TargetUri.parse(text))
        .isInstanceOfSatisfying(
            TargetException.class,
            wrong -> assertThat(wrong.kind()).isEqualTo(TargetException.Kind.UNUSABLE));
  }
}
