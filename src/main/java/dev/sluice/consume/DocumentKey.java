package dev.sluice.consume;

import java.util.Objects;

/**
 * Which document a change is of. Under one key positions are in order, so it is the key of whatever
 * a target keeps.
 *
 * @param id the document's {@code _id} as a text; in a sharded collection, whose documents {@code
 *     _id} alone does not tell apart, the whole {@code documentKey} as JSON
 * @param type the BSON type of the {@code _id} as {@code $type} names it, or {@link #SHARDED}
 */
public record DocumentKey(String id, String type) {
  /** The type of a key that is a whole {@code documentKey}. */
  public static final String SHARDED = "documentKey";

  private static final String OBJECT_ID = "objectId";

  public DocumentKey {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(type, "type");
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
