package dev.sluice.consume;

import java.util.List;

/** A value of every type of BSON as messages have them in all JSON modes (docs/VALUES.md). */
public final class EveryType {
  private EveryType() {}

  public static List<String> values() {
    return List.of(
        "\"QUIZ \\u0000 \\\"Ω\\\" 😀 \\u2028\"",
        "42",
        "{\"$numberInt\": \"42\"}",
        "9007199254740993",
        "-9223372036854775808",
        "{\"$numberLong\": \"9007199254740993\"}",
        "1.5",
        "3.0",
        "1e300",
        "4.9E-324",
        "{\"$numberDouble\": \"NaN\"}",
        "{\"$numberDouble\": \"-Infinity\"}",
        "{\"$numberDecimal\": \"19.90\"}",
        "{\"$numberDecimal\": \"9.999999999999999999999999999999999E+6144\"}",
        "true",
        "null",
        "{\"$oid\": \"665f1c2a9d3e4b0012345678\"}",
        "{\"$date\": \"2026-11-20T01:02:03.12Z\"}",
        "{\"$date\": {\"$numberLong\": \"-2208988800000\"}}",
        "{\"$timestamp\": {\"t\": 4294967295, \"i\": 5}}",
        "{\"$binary\": {\"base64\": \"AQL/\", \"subType\": \"00\"}}",
        "{\"$regularExpression\": {\"pattern\": \"^a.*b$\", \"options\": \"i\"}}",
        "{\"$code\": \"f(n)\", \"$scope\": {\"n\": 1}}",
        "{\"$symbol\": \"s\"}",
        "{\"$ref\": \"plays\", \"$id\": {\"$oid\": \"665f1c2a9d3e4b0012345678\"}}",
        "{\"$minKey\": 1}",
        "{\"$undefined\": true}",
        "{\"a\": {\"b.c\": [1, \"a\", {\"\": null}], \"$d\": []}}",
        "[[], [[1]], {\"x\": \"y\"}]");
  }
}
