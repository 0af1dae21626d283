package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.text.Collator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The collations that a collection can have: a language and a strength, by the JDK's collator where
 * a server has ICU's. They hold for the index on {@code _id} and what is read along it.
 */
final class Collations {

  private static final Map<Integer, Integer> STRENGTHS =
      Map.of(1, Collator.PRIMARY, 2, Collator.SECONDARY, 3, Collator.TERTIARY);
  private static final int TERTIARY = 3;

  private Collations() {}

  /** The order of ids under the collation of a collection; empty if it has none of its own. */
  static Optional<BsonOrder> order(Object collation) {
    if (!(collation instanceof Document options)
        || "simple".equals(options.get("locale")) && options.size() == 1) {
      return Optional.empty();
    }
    if (!(options.get("locale") instanceof String locale)) {
      throw ServerError.location(40414, "BSON field 'collation.locale' is missing but required");
    }
    int strength =
        options.getOrDefault("strength", TERTIARY) instanceof Number number ? number.intValue() : 0;
    if (!Set.of("locale", "strength").containsAll(options.keySet())
        || !STRENGTHS.containsKey(strength)) {
      throw new ServerError(
          238,
          "NotImplemented",
          "of collations the embedded set knows locale and strength 1 to 3 only");
    }
    Collator collator = Collator.getInstance(Locale.forLanguageTag(locale.replace('_', '-')));
    collator.setStrength(STRENGTHS.get(strength));
    collator.setDecomposition(Collator.CANONICAL_DECOMPOSITION);
    return Optional.of(new BsonOrder(collator::compare));
  }
}
