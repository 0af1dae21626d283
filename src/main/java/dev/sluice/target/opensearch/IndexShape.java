package dev.sluice.target.opensearch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.change.Namespace;

/** How an index is made: ours is told exactly, and the rest by what the documents have. */
final class IndexShape {
  /**
   * Only a whole date with time and zone is taken for a date, as {@link SearchableFields} writes
   * it, so that a text that happens to look like a day does not make its field one of dates.
   */
  private static final String DATES = "strict_date_time||strict_date_time_no_millis";

  /** A term has no more than 32,766 bytes, which are 8,191 characters of any kind. */
  private static final int LONGEST_TERM = 8191;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private IndexShape() {}

  /** Of the index of a collection. */
  static ObjectNode of(Namespace collection, IndexNames.Name name) {
    ObjectNode shape = NODES.objectNode();
    // A value that does not fit is passed over in the index, and never indexed as another one.
    shape
        .putObject("settings")
        .put("index.mapping.ignore_malformed", true)
        .put("index.mapping.coerce", false);
    shape.putObject("aliases").putObject(name.alias()).set("filter", withoutMarkers());
    ObjectNode mappings = shape.putObject("mappings");
    mappings.putObject("_meta").putObject("sluice").put("namespace", collection.toString());
    mappings.putArray("dynamic_date_formats").add(DATES);
    // The server's own choice has half of the digits.
    mappings
        .putArray("dynamic_templates")
        .addObject()
        .putObject("fractions")
        .put("match_mapping_type", "double")
        .putObject("mapping")
        .put("type", "double");
    mappings.putObject("properties").set(State.OURS, ours());
    return shape;
  }

  /** The filter of an alias that is searched. */
  static ObjectNode withoutMarkers() {
    ObjectNode filter = NODES.objectNode();
    filter
        .putObject("bool")
        .putObject("must_not")
        .putObject("term")
        .put(field(State.DELETED), true);
    return filter;
  }

  private static ObjectNode ours() {
    ObjectNode ours = NODES.objectNode();
    ours.put("dynamic", false);
    ObjectNode properties = ours.putObject("properties");
    properties.putObject("id").put("type", "keyword").put("ignore_above", LONGEST_TERM);
    properties.putObject("idType").put("type", "keyword");
    properties.putObject(State.POSITION).put("type", "keyword");
    properties.putObject("time").put("type", "date");
    properties.putObject(State.DELETED).put("type", "boolean");
    properties.putObject("leftOut").put("type", "keyword").put("ignore_above", LONGEST_TERM);
    properties
        .putObject("document")
        .put("type", "keyword")
        .put("index", false)
        .put("doc_values", false);
    return ours;
  }

  /** The name of a field of ours, in a query. */
  static String field(String name) {
    return State.OURS + "." + name;
  }

  /** To which collection an index belongs by its own word; empty if to none of ours. */
  static String namespaceOf(JsonNode index) {
    return index.path("mappings").path("_meta").path("sluice").path("namespace").asText();
  }

  /** Of an index whose fields are all known: keywords of these names. */
  static ObjectNode ofKeywords(String... names) {
    ObjectNode shape = NODES.objectNode();
    ObjectNode mappings = shape.putObject("mappings").put("dynamic", false);
    ObjectNode properties = mappings.putObject("properties");
    for (String name : names) {
      properties.putObject(name).put("type", "keyword").put("ignore_above", LONGEST_TERM);
    }
    return shape;
  }
}
