package dev.sluice.consume;

import java.util.Objects;

/**
 * Which document a change is of. Under one key positions are in order, so it is the key of whatever
 * a target keeps.
 *
 * @param id the document's {@code _id} as a text; in a sharded collection, whose documents {@code
 *     _id} alone does not tell apart, the whole {@code documentKey} as JSON
 * @param type the BSON type of the {@code _id} as {@code $type} names it; for a whole {@code
 *     documentKey} with {@code documentKey:} in front
 */
public record DocumentKey(String id, String type) {
  /** How the type of a key begins that is a whole {@code documentKey}. */
  private static final String WHOLE = "documentKey:";

  private static final String OBJECT_ID = "objectId";

  public DocumentKey {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(type, "type");
  }

  /**
   * The key of a document in a sharded collection.
   *
   * @param documentKey as JSON, with the text of the {@code _id} in it
   * @param idType of the {@code _id}
   */
  public static DocumentKey whole(String documentKey, String idType) {
    return new DocumentKey(documentKey, WHOLE + idType);
  }

  /** Whether it is a whole {@code documentKey}. */
  public boolean isWhole() {
    return type.startsWith(WHOLE);
  }

  /** The type of the {@code _id}, also within a whole {@code documentKey}. */
  public String idType() {
    return isWhole() ? type.substring(WHOLE.length()) : type;
  }

  /**
   * One text, different for different keys, for stores that have room for one: the id alone if it
   * is an ObjectId, else with its type in front, {@code string:QUIZ}.
   */
  public String text() {
    return type.equals(OBJECT_ID) ? id : type + ":" + id;
  }

  @Override
  public String toString() {
    return text();
  }
}
