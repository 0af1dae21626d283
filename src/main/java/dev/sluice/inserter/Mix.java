package dev.sluice.inserter;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** How often each operation is done, by weight. */
public record Mix(int insert, int update, int replace, int delete) {
  public Mix {
    if (insert < 0 || update < 0 || replace < 0 || delete < 0) {
      throw new IllegalArgumentException("a weight must not be negative");
    }
    if (insert == 0) {
      throw new IllegalArgumentException("without inserts there is nothing to work on");
    }
  }

  /**
   * Reads {@code insert:70,update:20,replace:5,delete:5}; what is left out has no weight.
   *
   * @throws IllegalArgumentException if the text is no mix
   */
  public static Mix parse(String text) {
    Map<String, Integer> weights = new LinkedHashMap<>();
    for (String part : text.split(",", -1)) {
      String[] pair = part.strip().split(":", -1);
      if (pair.length != 2 || !pair[1].matches("\\d{1,6}")) {
        throw new IllegalArgumentException("\"" + part + "\" is not operation:weight");
      }
      weights.put(pair[0], Integer.parseInt(pair[1]));
    }
    Mix mix =
        new Mix(
            weights.getOrDefault("insert", 0),
            weights.getOrDefault("update", 0),
            weights.getOrDefault("replace", 0),
            weights.getOrDefault("delete", 0));
    weights.keySet().removeAll(List.of("insert", "update", "replace", "delete"));
    if (!weights.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown operation " + weights.keySet() + ": there are insert, update, replace, delete");
    }
    return mix;
  }

  boolean isInsertsOnly() {
    return update + replace + delete == 0;
  }

  Write.Kind draw(Random random) {
    int at = random.nextInt(insert + update + replace + delete);
    if (at < insert) {
      return Write.Kind.INSERT;
    }
    if (at < insert + update) {
      return Write.Kind.UPDATE;
    }
    return at < insert + update + replace ? Write.Kind.REPLACE : Write.Kind.DELETE;
  }
}
