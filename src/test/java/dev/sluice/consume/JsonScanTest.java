package dev.sluice.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A message is JSON for the scan if, and only if, it is JSON for the parser. */
class JsonScanTest {
  private static final String TEXT =
      "{\"_id\": \"é\\u00e9\\\"\\\\/\", \"n\": [0, -1.5e+10, 12E3, true, false, null, {}, []],\n"
          + " \"deep\": {\"€\": {\"𝄞\": \"0123456789abcdef\"}, \"a\": -0.0}, \"\": \"\", \"t\": 7 }";

  @Test
  void findsEachValueWhereItLies() throws IOException {
    byte[] bytes = ("xx" + TEXT + "yy").getBytes(StandardCharsets.UTF_8);

    Fields fields = Fields.of(bytes, 2, bytes.length - 2);

    assertThat(fields.all().keySet()).containsExactly("_id", "n", "deep", "", "t");
    assertThat(fields.text("_id")).isEqualTo("éé\"\\/");
    assertThat(fields.get("n").text()).isEqualTo("[0, -1.5e+10, 12E3, true, false, null, {}, []]");
    assertThat(fields.get("t").text()).isEqualTo("7");
    assertThat(fields.text("t")).isNull();
    assertThat(fields.text("")).isEmpty();
    assertThat(Fields.of(fields.get("deep")).get("a").text()).isEqualTo("-0.0");
  }

  @Test
  void knowsWhatHasNoLineEnds() throws IOException {
    byte[] bytes = "{\"a\": [1,\r2], \"b\": {\n}}".getBytes(StandardCharsets.UTF_8);

    Fields fields = Fields.of(bytes, 0, bytes.length);

    assertThat(fields.get("a").hasLineEnds()).isTrue();
    assertThat(fields.get("b").hasLineEnds()).isTrue();
    assertThat(Fields.of(Json.of("{\"a\": [1]}")).get("a").hasLineEnds()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1",
        "{",
        "{}}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{\"a\":01}",
        "{\"a\":1.}",
        "{\"a\":.1}",
        "{\"a\":-}",
        "{\"a\":1e}",
        "{\"a\":+1}",
        "{\"a\":1e+}",
        "{\"a\":tru}",
        "{\"a\":truE}",
        "{\"a\":nul",
        "{\"a\":NaN}",
        "{\"a\":[1 2]}",
        "{\"a\":[1,]}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}",
        "{\"a\":\"\\u123",
        "{\"a\":\"\\",
        "{\"a\":\"b",
        "{\"a\":\"\n\"}",
        "{\"a\":\"0123456789\t\"}",
        "{} {}",
        "{\"a\":1]",
        "{\"a\":1}\u0000"
      })
  void refusesWhatIsNoJsonObject(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

    assertThat(isJson(bytes)).isFalse();
    assertThatThrownBy(() -> Fields.of(bytes, 0, bytes.length)).isInstanceOf(IOException.class);
  }

  @Test
  void refusesWhatIsNotUtf8() {
    byte[] bytes = "{\"a\": \"0123456789abcdefé\"}".getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> Fields.of(bytes, 0, bytes.length)).hasMessageContaining("UTF-8");
  }

  @Test
  void refusesWhatTheParserWouldNotReadForItsDepth() throws IOException {
    String deep = "[".repeat(998) + "]".repeat(998);

    assertThat(Fields.of(Json.of("{\"a\": " + deep + "}")).get("a").tree().isArray()).isTrue();
    assertThatThrownBy(() -> Fields.of(Json.of("{\"a\": [[[" + deep + "]]]}")))
        .hasMessageContaining("deeper");
  }

  @Test
  void agreesWithTheParserOnDamageOfAnyKind() {
    Random random = new Random(7);
    byte[] whole = TEXT.getBytes(StandardCharsets.UTF_8);
    byte[] others = "{}[]\",:\\0-.eEtn u\n\u0001".getBytes(StandardCharsets.UTF_8);
    List<String> differ = new ArrayList<>();
    for (int n = 0; n < 20_000; n++) {
      byte[] damaged = whole.clone();
      for (int times = 1 + random.nextInt(2); times > 0; times--) {
        damaged[random.nextInt(damaged.length)] = others[random.nextInt(others.length)];
      }
      if (random.nextInt(4) == 0) {
        damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
      }
      if (isScanned(damaged) != isJson(damaged)) {
        differ.add(new String(damaged, StandardCharsets.UTF_8));
      }
    }
    assertThat(differ).isEmpty();
  }

  private static boolean isScanned(byte[] bytes) {
    try {
      Fields.of(bytes, 0, bytes.length);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isJson(byte[] bytes) {
    try (JsonParser parser = Json.FACTORY.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      parser.skipChildren();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }
}
