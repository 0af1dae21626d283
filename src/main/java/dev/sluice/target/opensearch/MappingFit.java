package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Takes out of a document what does not fit the mapping of its index: an object where the index has
 * values, a value where it has objects. Misfits of other kinds the server ignores by itself.
 */
final class MappingFit {
  /** Types that take no object. Of others, such as {@code geo_point}, the server knows better. */
  private static final Set<String> VALUES =
      Set.of(
          "text",
          "match_only_text",
          "keyword",
          "constant_keyword",
          "wildcard",
          "long",
          "unsigned_long",
          "integer",
          "short",
          "byte",
          "double",
          "float",
          "half_float",
          "scaled_float",
          "date",
          "date_nanos",
          "boolean",
          "binary",
          "ip",
          "version");

  private static final Set<String> BOOLEANS = Set.of("true", "false", "");

  private final boolean onlyKnown;
  private final Set<String> leftOut = new TreeSet<>();

  private MappingFit(boolean onlyKnown) {
    this.onlyKnown = onlyKnown;
  }

  /**
   * Changes the fields so that they fit.
   *
   * @param properties of the mapping
   * @param onlyKnown whether fields go too of which the mapping knows nothing: it may have no room
   *     for more
   * @return the paths of what was taken out
   */
  static List<String> fit(ObjectNode fields, JsonNode properties, boolean onlyKnown) {
    MappingFit fit = new MappingFit(onlyKnown);
    fit.object(fields, properties, "");
    return List.copyOf(fit.leftOut);
  }

  private void object(ObjectNode fields, JsonNode properties, String path) {
    for (Iterator<Map.Entry<String, JsonNode>> all = fields.properties().iterator();
        all.hasNext(); ) {
      Map.Entry<String, JsonNode> field = all.next();
      String own = path + field.getKey();
      if (!fits(field.getValue(), definition(properties, field.getKey()), own)) {
        leftOut.add(own);
        all.remove();
      }
    }
  }

  /** A name with dots is a path through several objects. */
  private static JsonNode definition(JsonNode properties, String name) {
    JsonNode definition = MissingNode.getInstance();
    JsonNode within = properties;
    for (String part : name.split("\\.")) {
      definition = within.path(part);
      if (isValue(definition)) {
        return definition;
      }
      within = definition.path("properties");
    }
    return definition;
  }

  private static boolean isObject(JsonNode definition) {
    String type = definition.path("type").asText();
    return definition.has("properties") || type.equals("object") || type.equals("nested");
  }

  private static boolean isValue(JsonNode definition) {
    return VALUES.contains(definition.path("type").asText());
  }

  private boolean fits(JsonNode value, JsonNode definition, String path) {
    if (definition.isMissingNode() && onlyKnown) {
      return false;
    }
    if (definition.path("enabled").asText().equals("false") || value.isNull()) {
      return true;
    }
    if (value instanceof ArrayNode all) {
      array(all, definition, path);
      return true;
    }
    if (value instanceof ObjectNode fields) {
      if (isValue(definition)) {
        return false;
      }
      if (isObject(definition) || definition.isMissingNode()) {
        object(fields, definition.path("properties"), path + ".");
      }
      return true;
    }
    return !isObject(definition)
        && (!definition.path("type").asText().equals("boolean")
            || value.isBoolean()
            || value.isTextual() && BOOLEANS.contains(value.textValue()));
  }

  private void array(ArrayNode all, JsonNode definition, String path) {
    for (Iterator<JsonNode> each = all.iterator(); each.hasNext(); ) {
      if (!fits(each.next(), definition, path)) {
        leftOut.add(path);
        each.remove();
      }
    }
  }
}
