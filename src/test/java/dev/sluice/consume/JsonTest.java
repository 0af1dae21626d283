package dev.sluice.consume;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static final String TEXT = "{\"é\": \"\u0001\t\u000b\u000c\u000e€𝄞\u00ff\", \"b\": 1}";

  @ParameterizedTest
  @ValueSource(chars = {'\n', '\r'})
  void seesALineEndWhereverItIs(char end) {
    for (int at = 0; at <= TEXT.length(); at++) {
      Json json = Json.of(TEXT.substring(0, at) + end + TEXT.substring(at));
      assertThat(json.hasLineEnds()).as("at %d", at).isTrue();
    }
  }

  @Test
  void takesNothingElseForOne() {
    for (int from = 0; from < TEXT.length(); from++) {
      assertThat(Json.of(TEXT.substring(from)).hasLineEnds()).isFalse();
    }
  }

  @Test
  void seesOnlyWhatIsItsOwn() {
    byte[] bytes = "\n{\"a\": 123456}\r".getBytes(StandardCharsets.UTF_8);
    assertThat(new Json(bytes, 1, bytes.length - 1).hasLineEnds()).isFalse();
    assertThat(new Json(bytes, 0, bytes.length - 1).hasLineEnds()).isTrue();
    assertThat(new Json(bytes, 1, bytes.length).hasLineEnds()).isTrue();
  }

  @Test
  void parsesAnewForEachWhoAsksOnce() {
    Json json = Json.of("{\"a\": 1}");
    assertThat(json.parsed()).isEqualTo(json.tree()).isNotSameAs(json.parsed());
    assertThat(json.tree()).isSameAs(json.tree());
  }
}
