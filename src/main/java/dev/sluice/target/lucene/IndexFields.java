package dev.sluice.target.lucene;

import java.util.Collection;

/**
 * The names of an index's fields. A document's value at {@code game.score} is indexed by what it
 * is, each kind under a name of its own, since Lucene wants a name to be of one kind for ever and
 * documents do not:
 *
 * <ul>
 *   <li>{@code game.score}: the words of a text; {@code true} and {@code false}; ids,
 *   <li>{@code game.score#exact}: a text as it is, up to {@link #LONGEST_EXACT} characters,
 *   <li>{@code game.score#number} and {@code game.score#date}: points, for ranges.
 * </ul>
 *
 * What has a # in its name in the document is not indexed, so nothing of it meets these.
 */
final class IndexFields {
  /** Which document of which collection: the one term that stands for it. */
  static final String KEY = "#key";

  static final String NAMESPACE = "#namespace";

  /** The collection's name, with its database in front and without. */
  static final String COLLECTION = "#collection";

  static final String POSITION = "#position";

  /** The same, to be looked up by a document of the index. */
  static final String POSITION_VALUES = "#position.values";

  /** There on the marker of a delete alone. */
  static final String DELETED = "#deleted";

  static final String ID = "#id";
  static final String ID_TYPE = "#idType";
  static final String DOCUMENT = "#document";

  private static final String EXACT = "#exact";

  /** As whoever asks writes it. */
  private static final String ASKED_EXACT = ".exact";

  private static final String NUMBER = "#number";
  private static final String DATE = "#date";

  /** A term has 32,766 bytes at the most, and a longer text is looked for by its words. */
  static final int LONGEST_EXACT = 1_000;

  private IndexFields() {}

  static String exact(String path) {
    return path + EXACT;
  }

  static String number(String path) {
    return path + NUMBER;
  }

  static String date(String path) {
    return path + DATE;
  }

  /** Whether a document's values at that path can be indexed. */
  static boolean canBe(String path) {
    return path.indexOf('#') < 0;
  }

  /** Whether it is one that has a document's words. */
  static boolean hasWords(String field) {
    return canBe(field);
  }

  static boolean isExact(String field) {
    return field.endsWith(EXACT);
  }

  /**
   * The field that a question means by a name: {@code word.exact} is a text as it is, unless
   * documents have a field of that name.
   *
   * @param words the fields that have words
   */
  static String asked(String name, Collection<String> words) {
    return name.endsWith(ASKED_EXACT) && !words.contains(name)
        ? exact(name.substring(0, name.length() - ASKED_EXACT.length()))
        : name;
  }
}
