package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.List;
import java.util.Map;

/**
 * A command as it came off the wire.
 *
 * @param legacy sent as {@code OP_QUERY}, and to be answered with {@code OP_REPLY}: handshakes only
 * @param exhaustAllowed the client takes several replies to it
 * @param silent the client wants no reply ({@code moreToCome})
 * @param sequences document sequences by their name, undecoded
 */
record Request(
    int id,
    boolean legacy,
    boolean exhaustAllowed,
    boolean silent,
    Document body,
    Map<String, List<RawDocument>> sequences) {

  String command() {
    return body.isEmpty() ? "" : body.keySet().iterator().next();
  }

  String database() {
    return body.get("$db") instanceof String name ? name : "admin";
  }

  /** The same request once more, under the id that its next answer is to refer to. */
  Request continuedAs(int newId) {
    return new Request(newId, legacy, exhaustAllowed, silent, body, sequences);
  }

  /** The documents of a field, whether they came in the body or as a sequence behind it. */
  List<RawDocument> documents(String field) {
    List<RawDocument> sequence = sequences.get(field);
    if (sequence != null) {
      return sequence;
    }
    if (!(body.get(field) instanceof List<?> values)) {
      throw ServerError.location(
          40414, "BSON field '" + command() + "." + field + "' is missing but a required field");
    }
    return values.stream().map(value -> raw(field, value)).toList();
  }

  private RawDocument raw(String field, Object value) {
    if (value instanceof Document document) {
      return RawDocument.of(document);
    }
    throw ServerError.typeMismatch(
        "BSON field '" + command() + "." + field + ".0' is the wrong type, expected type 'object'");
  }
}
