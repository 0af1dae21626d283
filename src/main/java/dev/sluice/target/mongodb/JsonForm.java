package dev.sluice.target.mongodb;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.consume.Event;
import java.io.IOException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks in which JSON mode the first documents come, and says once what the copy loses by it. The
 * pipeline has one mode for all of them. For one thread.
 */
final class JsonForm {
  private static final Logger log = LoggerFactory.getLogger(JsonForm.class);

  /** Hardly any collection has so many documents without a number. */
  private static final int LOOKED_AT = 100;

  /** Canonical Extended JSON has plain numbers in {@code $timestamp}, and as these two's value. */
  private static final Set<String> PLAIN_IN_CANONICAL = Set.of("t", "i", "$minKey", "$maxKey");

  private static final JsonFactory JSON = new JsonFactory();

  private int seen;

  void look(Event event) {
    if (seen >= LOOKED_AT || event.document() == null) {
      return;
    }
    seen++;
    if (hasPlainNumbers(event)) {
      seen = LOOKED_AT;
      log.warn(
          "The messages do not name the types of numbers: in the copy they are int, long or double by"
              + " their value, and where the pipeline has SLUICE_JSON=plain dates, ids and binary within"
              + " documents are texts. SLUICE_JSON=canonical for the pipeline makes an exact copy");
    }
  }

  private static boolean hasPlainNumbers(Event event) {
    try (JsonParser parser = JSON.createParser(event.document().bytes())) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token.isNumeric()
            && !PLAIN_IN_CANONICAL.contains(String.valueOf(parser.currentName()))) {
          return true;
        }
      }
      return false;
    } catch (IOException beyondLimits) {
      return false;
    }
  }
}
