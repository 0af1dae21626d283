package dev.sluice.consume;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sluice.change.ChangePosition;
import dev.sluice.change.Namespace;
import dev.sluice.change.TraceParent;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * What a message says, whatever its format. All that is said here of its parts holds of each that
 * there is, so whoever has one need not look again.
 *
 * @param messageId the same whenever the event is repeated; Sluice's are 32 hexadecimal digits, and
 *     anybody's 1 to 255 printable characters of ASCII, as a header of HTTP takes them
 * @param namespace null for all that is watched; without a collection for a whole database. A
 *     change, a drop and a rename have both, the drop of a database has at least that
 * @param key null where the event is of no one document
 * @param position where it stands in the order of all changes: 24 lower-case hexadecimal digits, to
 *     be compared as a text. Of two changes of one document the later has the greater one
 * @param state what the event says of the document's state
 * @param document the document; null unless {@code state} is {@link State#PRESENT}
 * @param details what else the event has, by name and in the message's order: {@code update},
 *     {@code to}, {@code from}, {@code gap}, {@code snapshot} and the like
 * @param traceparent which trace it belongs to; null if the message does not say
 */
public record Event(
    String messageId,
    EventType type,
    Namespace namespace,
    DocumentKey key,
    String position,
    State state,
    Json document,
    Map<String, Json> details,
    TraceParent traceparent) {
  /** What an event says of its document's state. */
  public enum State {
    /** It is this. */
    PRESENT,
    /** There is none any more. */
    DELETED,
    /** A lookup found nothing: a later event says why, mostly the delete. Changes no state. */
    NOT_FOUND,
    /** The pipeline does not send whole documents: no state can be kept of that. */
    NOT_SENT,
    /** MongoDB had kept the document for too short a time. The state is not known. */
    EXPIRED,
    /** The event is of no one document. */
    NONE
  }

  /** As long as a {@code message-id} of AMQP can be. */
  private static final int LONGEST_ID = 255;

  /** Hexadecimal digits of the seconds at the beginning of a position. */
  private static final int SECONDS_DIGITS = 8;

  private static final int HEXADECIMAL = 16;

  public Event {
    Objects.requireNonNull(messageId, "messageId");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(position, "position");
    Objects.requireNonNull(state, "state");
    if (type.isOnDocument() != (key != null)
        || (state == State.PRESENT) != (document != null)
        || (state == State.NONE) == type.isOnDocument()) {
      throw new IllegalArgumentException(
          type + (key == null ? " without" : " with") + " a key is " + state);
    }
    if (!isPrintable(messageId)) {
      throw new IllegalArgumentException(
          "its id is not of 1 to " + LONGEST_ID + " printable characters of ASCII");
    }
    if (!ChangePosition.isText(position)) {
      throw new IllegalArgumentException(
          "its position is not of " + ChangePosition.LENGTH + " hexadecimal digits in lower case");
    }
    requirePlace(type, namespace);
    details = Map.copyOf(details);
  }

  /** One of no trace. */
  public Event(
      String messageId,
      EventType type,
      Namespace namespace,
      DocumentKey key,
      String position,
      State state,
      Json document,
      Map<String, Json> details) {
    this(messageId, type, namespace, key, position, state, document, details, null);
  }

  private static boolean isPrintable(String id) {
    for (int i = 0; i < id.length(); i++) {
      if (id.charAt(i) < ' ' || id.charAt(i) > '~') {
        return false;
      }
    }
    return !id.isEmpty() && id.length() <= LONGEST_ID;
  }

  /** A name that is missing would make a greater thing of what it concerns. */
  private static void requirePlace(EventType type, Namespace place) {
    boolean ofCollection =
        type.isOnDocument() || type == EventType.DROP || type == EventType.RENAME;
    if (place == null && (ofCollection || type == EventType.DROP_DATABASE)) {
      throw new IllegalArgumentException("it does not say of which database it is");
    }
    if (place != null && place.collection() == null && ofCollection) {
      throw new IllegalArgumentException("it does not say of which collection it is");
    }
    if (place != null && (place.database().isEmpty() || "".equals(place.collection()))) {
      throw new IllegalArgumentException("the name of its database or collection is empty");
    }
  }

  /** The same, of this trace. */
  Event in(TraceParent trace) {
    return new Event(messageId, type, namespace, key, position, state, document, details, trace);
  }

  /** When it was committed, in whole seconds. */
  public Instant time() {
    return Instant.ofEpochSecond(secondsOf(position));
  }

  /** The seconds since 1970 at which a position stands. */
  public static long secondsOf(String position) {
    return Long.parseLong(position, 0, SECONDS_DIGITS, HEXADECIMAL);
  }

  /**
   * The new name, of a rename.
   *
   * @throws IllegalArgumentException if it does not say; none that has been read
   */
  public Namespace renamedTo() {
    return named("to");
  }

  /**
   * Whether another collection took the name of this one: what was in it is gone, and what is in it
   * now came without inserts.
   */
  public boolean isReplaced() {
    return type == EventType.RENAME && details.containsKey("from");
  }

  private Namespace named(String name) {
    JsonNode of = details.containsKey(name) ? details.get(name).tree() : MissingNode.getInstance();
    String database = of.path("database").textValue();
    String collection = of.path("collection").textValue();
    if (database == null || database.isEmpty() || collection == null || collection.isEmpty()) {
      throw new IllegalArgumentException("its \"" + name + "\" names no collection");
    }
    return new Namespace(database, collection);
  }

  /**
   * Looks at what only some events have, once for all who ask for it later.
   *
   * @throws IllegalArgumentException if it is not as they need it
   */
  void requireDetails() {
    switch (type) {
      case RENAME -> {
        renamedTo();
        if (isReplaced()) {
          named("from");
        }
      }
      case SNAPSHOT_COMPLETED, SNAPSHOT_ABANDONED -> SnapshotEnd.of(this);
      default -> {
        // What else there is, nobody needs.
      }
    }
  }

  /** Its kind, place and id, never the document. */
  @Override
  public String toString() {
    return type.text()
        + " "
        + messageId
        + (namespace == null ? "" : " of " + namespace)
        + (key == null ? "" : " " + key);
  }
}
