package dev.sluice.target.redis;

import dev.sluice.change.Namespace;
import dev.sluice.consume.DocumentKey;
import dev.sluice.consume.TargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a cache names the values of documents, such as {@code play:{id}}: a text with {@code
 * {database}}, {@code {collection}} and {@code {id}} in it.
 */
final class KeyPattern {
  private static final String ID = "{id}";
  private static final String COLLECTION = "{collection}";
  private static final String DATABASE = "{database}";

  private static final Set<String> NAMES = Set.of(ID, COLLECTION, DATABASE);

  private static final Pattern PARTS = Pattern.compile("\\{[^{}]*}|[^{}]+|[{}]");

  private final List<String> parts = new ArrayList<>();

  /**
   * @throws TargetException if it is none
   */
  KeyPattern(String text) {
    Matcher matcher = PARTS.matcher(text);
    while (matcher.find()) {
      String part = matcher.group();
      if (part.startsWith("{") && part.endsWith("}") && !NAMES.contains(part)) {
        throw TargetException.unusable(
            "The target's parameter key has {id}, {collection} and {database}, and no " + part);
      }
      parts.add(part);
    }
    // With the id alone a drop would delete all there is.
    if (!parts.contains(ID) || parts.stream().allMatch(ID::equals)) {
      throw TargetException.unusable(
          "The target's parameter key needs {id} and something beside it, as in {collection}:{id}");
    }
  }

  /** The key of a document's value. */
  String key(Namespace collection, DocumentKey document) {
    StringBuilder key = new StringBuilder();
    for (String part : parts) {
      key.append(
          switch (part) {
            case ID -> document.id();
            case COLLECTION -> collection.collection();
            case DATABASE -> collection.database();
            default -> part;
          });
    }
    return key.toString();
  }

  /** What fits the keys of all values of a collection, and perhaps others. */
  String glob(Namespace collection) {
    StringBuilder glob = new StringBuilder();
    for (String part : parts) {
      glob.append(
          switch (part) {
            case ID -> "*";
            case COLLECTION -> Glob.literal(collection.collection());
            case DATABASE -> Glob.literal(collection.database());
            default -> Glob.literal(part);
          });
    }
    return glob.toString();
  }
}
