package dev.sluice.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** JSON in a setting: one value, no name in it twice. */
final class JsonText {
  private JsonText() {}

  /**
   * @throws IllegalArgumentException if it is none; its message says why, in one line
   */
  static JsonNode parse(String text) {
    try {
      return new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          e.getOriginalMessage().replaceFirst("(?s)\\R.*", "") + line(e), e);
    }
  }

  private static String line(JsonProcessingException e) {
    return e.getLocation() == null || e.getLocation().getLineNr() < 2
        ? ""
        : " (line " + e.getLocation().getLineNr() + ")";
  }
}
