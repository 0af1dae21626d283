package dev.sluice.target.opensearch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.consume.EveryType;
import dev.sluice.consume.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchableFieldsTest {
  private static String fields(String document) {
    return SearchableFields.of(Json.of(document)).toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"$oid\": \"665f1c2a9d3e4b0012345678\"} | \"665f1c2a9d3e4b0012345678\"",
        "{\"$date\": \"2026-11-20T01:02:03.12Z\"} | \"2026-11-20T01:02:03.120Z\"",
        "{\"$date\": {\"$numberLong\": \"-2208988800000\"}} | \"1900-01-01T00:00:00.000Z\"",
        "{\"$date\": 0} | \"1970-01-01T00:00:00.000Z\"",
        "{\"$date\": {\"$numberLong\": \"9223372036854775807\"}} | null",
        "{\"$numberInt\": \"42\"} | 42",
        "{\"$numberLong\": \"9007199254740993\"} | 9007199254740993",
        "{\"$numberDouble\": \"3.0\"} | 3.0",
        "3.0 | 3.0",
        "{\"$numberDouble\": \"NaN\"} | null",
        "{\"$numberDecimal\": \"19.90\"} | 19.90",
        "{\"$numberDecimal\": \"9.999999999999999999999999999999999E+6144\"} | null",
        "99999999999999999999 | 1.0E20",
        "{\"$timestamp\": {\"t\": 4294967295, \"i\": 5}} | \"2106-02-07T06:28:15.000Z\"",
        "{\"$timestamp\": {\"t\": 9223372036854775807}} | {\"$timestamp\":{\"t\":9223372036854775807}}",
        "{\"$binary\": {\"base64\": \"AQL/\", \"subType\": \"00\"}} | \"AQL/\"",
        "{\"$regularExpression\": {\"pattern\": \"^a\", \"options\": \"i\"}} | \"^a\"",
        "{\"$minKey\": 1} | null",
        "{\"$oid\": {\"a\": 1}} | {\"$oid\":{\"a\":1}}",
        "{\"a\": {\"b.c\": [1, {\"\": null}], \"$d\": []}} | {\"a\":{\"b.c\":[1,{}],\"$d\":[]}}"
      })
  void hasPlainValues(String value, String plain) {
    assertThat(fields("{\"v\": " + value + "}")).isEqualTo("{\"v\":" + plain + "}");
  }

  @Test
  void leavesOutNamesThatAreTheServersOwnOrNoPath() {
    assertThat(
            fields(
                "{\"_id\": 1, \"_source\": 2, \"_sluice\": 3, \"_class\": \"Play\", \" \": 4,"
                    + " \".a\": 5, \"a..b\": 6, \"a.\": 7, \"in\": {\"_id\": 8}}"))
        .isEqualTo("{\"_class\":\"Play\",\"in\":{\"_id\":8}}");
  }

  @Test
  void everyTypeHasSomePlainValue() {
    for (String value : EveryType.values()) {
      assertThat(fields("{\"v\": " + value + "}")).startsWith("{\"v\":");
    }
  }
}
