package dev.sluice.consume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A message is JSON for the scan if, and only if, it is JSON for the parser: but for numbers that
 * the parser would be at for long, and none of MongoDB's is.
 */
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
        "{\"a\":1e99999999999}",
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
    assertThatThrownBy(() -> Fields.of(Json.of("{\"a\": [[" + deep + "]]}")))
        .hasMessageContaining("deeper");
    assertThat(object("{\"a\": [" + deep + "]}").parsed().size()).isEqualTo(1);
    assertThatThrownBy(() -> object("{\"a\": [[" + deep + "]]}")).hasMessageContaining("deeper");
  }

  private static Json object(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return JsonScan.object(bytes, 0, bytes.length);
  }

  @Test
  void makesJsonOfTheBareWordsOfOlderForms() throws IOException {
    assertThat(older(" {\"a\": NaN, \"NaN\": [Infinity,-Infinity, -1], \"c\": \"NaN\"} "))
        .isEqualTo(
            "{\"a\": {\"$numberDouble\": \"NaN\"}, \"NaN\": [{\"$numberDouble\":"
                + " \"Infinity\"},{\"$numberDouble\": \"-Infinity\"}, -1], \"c\": \"NaN\"}");
    assertThat(older("{\"é\":1}")).isEqualTo("{\"é\":1}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":-NaN}",
        "{\"a\":Nan}",
        "{\"a\":Infinit",
        "{\"a\":+Infinity}",
        "{NaN:1}",
        "{\"a\":NaN1}",
        "NaN"
      })
  void takesNoOtherWordsForThem(String text) {
    assertThatThrownBy(() -> older(text)).isInstanceOf(IOException.class);
  }

  private static String older(String text) throws IOException {
    Json object = JsonScan.objectOfOlderForm(text.getBytes(StandardCharsets.UTF_8));
    object.parsed();
    return object.text();
  }

  @Test
  void takesEveryNumberThatMongoDbHas() throws IOException {
    String zeros = "0".repeat(6_176);
    String digits = "9".repeat(34);
    for (String number :
        List.of(
            "9223372036854775807",
            "-1.7976931348623157e+308",
            new BigDecimal(Double.MAX_VALUE).toPlainString(),
            new BigDecimal(Double.MIN_VALUE).toPlainString(),
            digits + "E+6111",
            digits + "e-6176",
            "-" + digits + zeros,
            "-0." + zeros + digits)) {
      assertThat(object("{\"a\":" + number + "}").parsed().get("a").decimalValue())
          .isEqualByComparingTo(new BigDecimal(number));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e99999", "1e-99999", "1E+00001", "0.1e12345"})
  void refusesAnExponentThatNoStoreTakes(String number) {
    assertThatThrownBy(() -> object("{\"a\":[" + number + "]}")).hasMessageContaining("exponent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "0.", "-0."})
  void refusesANumberThatTheParserWouldBeAtForLong(String begin) throws IOException {
    String longest = "1".repeat(JsonScan.LONGEST_NUMBER - begin.length());

    assertThat(object("{\"a\":" + begin + longest + "}").parsed().get("a").isNumber()).isTrue();
    assertThatThrownBy(() -> object("{\"a\":" + begin + longest + "1}"))
        .hasMessageContaining("longer");
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

  /** Whether the parser makes something of all of it, the numbers among it. */
  private static boolean isJson(byte[] bytes) {
    try (JsonParser parser = Json.FACTORY.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      for (int depth = 1; depth > 0; ) {
        JsonToken token = parser.nextToken();
        if (token == null) {
          return false;
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (token.isNumeric()) {
          parser.getDecimalValue();
        }
      }
      return parser.nextToken() == null;
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }
}
