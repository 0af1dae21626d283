package dev.sluice.target.opensearch;

import dev.sluice.change.Namespace;
import dev.sluice.consume.TargetException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How the index of a collection is called. Names that an index must not have are made legal, and
 * then end in a few digits that keep them apart from others that look alike.
 *
 * @param pattern with {@code {database}} and {@code {collection}} in it
 */
public record IndexNames(String pattern) {
  static final String DEFAULT = "{database}.{collection}";

  private static final String DATABASE = "{database}";
  private static final String COLLECTION = "{collection}";

  private static final Pattern LITERALS = Pattern.compile("[a-z0-9._-]*");

  /** The limit of an index's name is 255 bytes; what comes behind has to go in as well. */
  private static final int LONGEST = 200;

  /** Eight hexadecimal digits: enough to tell the collections of one cluster apart. */
  private static final int DIGITS = 8;

  /**
   * The two names that a collection has there.
   *
   * @param alias of what is searched: without the markers of deletes
   * @param index what it is in, markers included
   */
  record Name(String alias, String index) {
    private static final String STATES = "-states";
    private static final String SECOND = "-states-2";
    private static final String NEXT = "-states-next";

    /** Those of a second index for the same, until it takes the alias. */
    Name beside() {
      return new Name(alias + NEXT, alias + (index.endsWith(SECOND) ? STATES : SECOND));
    }
  }

  /**
   * @throws TargetException if it cannot become the name of an index
   */
  public IndexNames {
    String literals = pattern.replace(DATABASE, "").replace(COLLECTION, "");
    if (!LITERALS.matcher(literals).matches()
        || pattern.isEmpty()
        || "-_.".indexOf(pattern.charAt(0)) >= 0) {
      throw TargetException.unusable(
          "The target's parameter index has {database}, {collection}, and otherwise small letters,"
              + " digits, dots, and - or _ behind the first");
    }
  }

  Name of(Namespace collection) {
    String wanted =
        pattern
            .replace(DATABASE, collection.database())
            .replace(COLLECTION, collection.collection());
    String legal = wanted.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9._-]", "_");
    if ("-_.".indexOf(legal.charAt(0)) >= 0) {
      legal = "c" + legal;
    }
    if (legal.length() > LONGEST) {
      legal = legal.substring(0, LONGEST);
    }
    if (!legal.equals(wanted)) {
      legal += "-" + Digest.of(collection.toString()).substring(0, DIGITS);
    }
    return new Name(legal, legal + Name.STATES);
  }
}
