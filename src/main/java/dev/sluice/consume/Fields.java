package dev.sluice.consume;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The fields of a JSON object, each as the bytes of its value: one pass, nothing else is made. */
final class Fields {
  private final Map<String, Json> values = new LinkedHashMap<>();

  private Fields() {}

  /**
   * @throws IOException if it is no JSON object, or more than one
   */
  static Fields of(byte[] bytes, int from, int to) throws IOException {
    Fields fields = new Fields();
    JsonScan scan = new JsonScan(bytes, from, to);
    scan.requireObject();
    scan.pass('{');
    while (scan.peek() != '}') {
      if (!fields.values.isEmpty()) {
        scan.pass(',');
        scan.peek();
      }
      fields.read(scan, bytes);
    }
    scan.pass('}');
    scan.end();
    return fields;
  }

  private void read(JsonScan scan, byte[] bytes) throws IOException {
    int name = scan.at();
    int quote = scan.name();
    scan.peek();
    int begin = scan.at();
    scan.value();
    values.put(
        Json.string(bytes, name, quote + 1), new Json(bytes, begin, scan.at(), scan.hasLineEnds()));
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
    Json value = values.get(name);
    return value == null ? null : value.string();
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
