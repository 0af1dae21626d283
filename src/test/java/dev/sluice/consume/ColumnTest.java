package dev.sluice.consume;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ColumnTest {
  private static Column.Value in(String column, String json) {
    return Column.parse(column).in(Json.of(json).tree());
  }

  private static Column.Value fitting(Object value) {
    return new Column.Value.Fitting(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"42", "{\"$numberInt\": \"42\"}", "{\"$numberLong\": \"42\"}", "42.0", "\"42\""})
  void readsAWholeNumberInEveryJsonMode(String json) {
    assertThat(in("v:int", "{\"v\": " + json + "}")).isEqualTo(fitting(42));
    assertThat(in("v:long", "{\"v\": " + json + "}")).isEqualTo(fitting(42L));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int|2147483648",
        "int|1.5",
        "int|\"a\"",
        "int|{\"a\": 1}",
        "long|9223372036854775808",
        "bool|1",
        "date|\"yesterday\"",
        "date|5",
        "date|\"+300000000-01-01T00:00:00Z\"",
        "date|{\"$date\": \"-300000000-01-01T00:00:00Z\"}",
        "decimal|{\"$numberDecimal\": \"NaN\"}",
        "double|[]",
        "long|{\"$date\": {\"$numberLong\": \"5\"}}",
        "decimal|1e99999",
        "int|{}"
      })
  void aValueThatDoesNotFitIsAMisfit(String type, String json) {
    assertThat(in("v:" + type, "{\"v\": " + json + "}")).isInstanceOf(Column.Value.Misfit.class);
  }

  /** However few its value has: to make a number of a megabyte of digits takes long. */
  @ParameterizedTest
  @ValueSource(strings = {"int", "decimal", "double"})
  void aTextThatIsLongerThanAnyNumberIsAMisfit(String type) {
    String longest = "0".repeat(JsonScan.LONGEST_NUMBER - 1) + "7";

    assertThat(in("v:" + type, "{\"v\": \"" + longest + "\"}"))
        .isInstanceOf(Column.Value.Fitting.class);
    assertThat(in("v:" + type, "{\"v\": \"0" + longest + "\"}"))
        .isInstanceOf(Column.Value.Misfit.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"$date\": \"2026-11-20T01:02:03.12Z\"}",
        "{\"$date\": {\"$numberLong\": \"1795136523120\"}}",
        "{\"$date\": 1795136523120}",
        "\"2026-11-20T01:02:03.12Z\""
      })
  void readsADateInEveryJsonModeAndAsDebeziumHasIt(String json) {
    assertThat(in("v:date", "{\"v\": " + json + "}"))
        .isEqualTo(fitting(Instant.parse("2026-11-20T01:02:03.12Z")));
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE})
  void readsEveryDateThatBsonHas(long millis) {
    Instant time = Instant.ofEpochMilli(millis);

    assertThat(in("v:date", "{\"v\": {\"$date\": {\"$numberLong\": \"" + millis + "\"}}}"))
        .isEqualTo(fitting(time));
    assertThat(in("v:date", "{\"v\": \"" + time + "\"}")).isEqualTo(fitting(time));
  }

  @Test
  void readsOtherTypes() {
    String document =
        "{\"d\": {\"$numberDecimal\": \"19.90\"}, \"n\": {\"$numberDouble\": \"NaN\"}, \"b\": true,"
            + " \"o\": {\"$oid\": \"665f1c2a9d3e4b0012345678\"}, \"a\": [{\"x\": \"y\"}], \"z\": null}";

    assertThat(in("d:decimal", document)).isEqualTo(fitting(new BigDecimal("19.90")));
    assertThat(in("n:double", document)).isEqualTo(fitting(Double.NaN));
    assertThat(in("b:bool", document)).isEqualTo(fitting(true));
    assertThat(in("o", document)).isEqualTo(fitting("665f1c2a9d3e4b0012345678"));
    assertThat(in("x=a.0.x", document)).isEqualTo(fitting("y"));
    assertThat(in("a:json", document)).isEqualTo(fitting("[{\"x\":\"y\"}]"));
    for (String none : List.of("z:int", "a.7.x", "a.x", "d.x.y", "missing:json")) {
      assertThat(in(none, document)).as(none).isInstanceOf(Column.Value.Missing.class);
    }
  }
}
