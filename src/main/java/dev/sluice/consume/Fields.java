package dev.sluice.consume;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The fields of a JSON object, each as the bytes of its value: one pass, nothing else is made. */
final class Fields {
  private final Map<String, Json> values = new LinkedHashMap<>();
  private final Map<String, String> texts = new LinkedHashMap<>();

  private Fields() {}

  /**
   * @throws IOException if it is no JSON object, or more than one
   */
  static Fields of(byte[] bytes, int from, int to) throws IOException {
    Fields fields = new Fields();
    try (JsonParser parser = Json.FACTORY.createParser(bytes, from, to - from)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("it is no JSON object");
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        fields.read(parser, bytes, from);
      }
      if (parser.nextToken() != null) {
        throw new IOException("something is behind the JSON object");
      }
    }
    return fields;
  }

  private void read(JsonParser parser, byte[] bytes, int from) throws IOException {
    String name = parser.currentName();
    JsonToken token = parser.nextToken();
    int begin = from + (int) parser.currentTokenLocation().getByteOffset();
    if (token.isStructStart()) {
      parser.skipChildren();
    } else if (token == JsonToken.VALUE_STRING) {
      texts.put(name, parser.getText());
    } else {
      parser.finishToken();
    }
    int end = from + (int) parser.currentLocation().getByteOffset();
    values.put(name, new Json(bytes, begin, end));
  }

  static Fields of(Json object) throws IOException {
    return object.fields();
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  /** The value; null if there is none of that name. */
  Json get(String name) {
    return values.get(name);
  }

  /** The value if it is a string; else null. */
  String text(String name) {
    return texts.get(name);
  }

  boolean isObject(String name) {
    return has(name) && get(name).begins('{');
  }

  boolean isNull(String name) {
    return has(name) && get(name).begins('n');
  }

  /** All, in their order. */
  Map<String, Json> all() {
    return values;
  }

  /** All but these, in their order. */
  Map<String, Json> without(Set<String> names) {
    Map<String, Json> rest = new LinkedHashMap<>();
    for (Map.Entry<String, Json> each : values.entrySet()) {
      if (!names.contains(each.getKey())) {
        rest.put(each.getKey(), each.getValue());
      }
    }
    return rest;
  }
}
