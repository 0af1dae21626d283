package dev.sluice.consume;

import dev.sluice.change.Namespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How a batch changes what a store keeps of the documents' newest states: the same for every store,
 * so that all mean the same by a drop.
 *
 * <p>What a whole collection loses is remembered as its floor: a position below which changes are
 * ignored from then on. So an older change that is repeated later brings nothing back, and neither
 * a drop nor a rename does harm when it is repeated itself.
 */
public final class NewestStates {
  /**
   * A store that keeps states, within one transaction, or whatever makes all of it durable at once.
   * Everything throws a {@link TargetException}.
   */
  public interface Store {
    /** The floor of that very namespace, with or without a collection; empty if there is none. */
    String floor(Namespace namespace);

    /** Sets the floor of that very namespace. */
    void setFloor(Namespace namespace, String position);

    /**
     * Writes states of one collection: each only if its position is greater than what is there for
     * its key, a marker of a delete included. A delete leaves a marker.
     *
     * @param newest present and deleted ones, each key once
     */
    void write(Namespace collection, List<Event> newest);

    /**
     * Whether there may be something of that very collection. Nothing is cleared in one of which
     * there is not, or moved out of it.
     */
    boolean holds(Namespace collection);

    /** Removes what has a smaller position than this, markers included. */
    void clear(Namespace collection, String below);

    /**
     * Puts what has a smaller position than this, markers included, into another collection, which
     * has nothing of such a position.
     */
    void move(Namespace from, Namespace to, String below);

    /** The collections of a database of which there may be something. */
    List<Namespace> collections(String database);
  }

  private NewestStates() {}

  /**
   * Does to the store what the batch says.
   *
   * @throws TargetException if the store does, or if an event tells no state
   */
  public static void apply(Batch batch, Store store) {
    for (Batch.Step step : batch.steps()) {
      if (step instanceof Batch.States states) {
        write(states.newest(), store);
      } else if (step instanceof Batch.Whole whole) {
        apply(whole.event(), store);
      }
    }
  }

  private static void write(List<Event> newest, Store store) {
    Map<Namespace, List<Event>> byCollection = new LinkedHashMap<>();
    for (Event event : newest) {
      byCollection.computeIfAbsent(event.namespace(), none -> new ArrayList<>()).add(event);
    }
    byCollection.forEach(
        (collection, events) -> {
          String floor = effectiveFloor(collection, store);
          if (!floor.isEmpty()) {
            events.removeIf(event -> event.position().compareTo(floor) < 0);
          }
          if (!events.isEmpty()) {
            store.write(collection, events);
          }
        });
  }

  private static String effectiveFloor(Namespace collection, Store store) {
    return effectiveFloor(collection, store::floor);
  }

  /**
   * The floor of a collection, or that of its database if it is later.
   *
   * @param floor of that very namespace; empty if there is none
   */
  public static String effectiveFloor(Namespace collection, Function<Namespace, String> floor) {
    return later(floor.apply(collection), floor.apply(new Namespace(collection.database(), null)));
  }

  private static String later(String one, String other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static void apply(Event event, Store store) {
    switch (event.type()) {
      case DROP -> clear(event.namespace(), event.position(), store);
      case RENAME -> rename(event, store);
      case DROP_DATABASE -> {
        raise(new Namespace(event.namespace().database(), null), event.position(), store);
        for (Namespace each : store.collections(event.namespace().database())) {
          if (!isRepeat(each, event.position(), store)) {
            store.clear(each, event.position());
          }
        }
      }
      case SNAPSHOT_COMPLETED -> {
        SnapshotEnd end = SnapshotEnd.of(event);
        if (end.whole()) {
          end.namespaces().forEach(each -> endOfSnapshot(each, end.from(), store));
        }
      }
      default -> {
        // Concerns no state; whether it may be passed over was decided before.
      }
    }
  }

  /**
   * A collection whose floor is above the snapshot's beginning was dropped meanwhile, and has
   * nothing older; or another one was renamed onto it, of whose documents the snapshot does not
   * tell. If it is just there, the end is repeated, and may have been cut off the first time.
   */
  private static void endOfSnapshot(Namespace collection, String from, Store store) {
    if (effectiveFloor(collection, store).compareTo(from) <= 0) {
      clear(collection, from, store);
    }
  }

  private static void rename(Event event, Store store) {
    Namespace from = event.namespace();
    Namespace to = event.renamedTo();
    if (event.isReplaced()) {
      clear(from, event.position(), store);
    } else if (effectiveFloor(from, store).compareTo(event.position()) < 0) {
      makeRoom(to, event.position(), store);
      if (store.holds(from)) {
        store.move(from, to, event.position());
      }
      raise(from, event.position(), store);
    }
  }

  /**
   * The floor last: with it nothing is cleared once more, so a store without transactions can end
   * amid the move and loses nothing of what was moved when the rename is applied again.
   */
  private static void makeRoom(Namespace to, String below, Store store) {
    if (store.floor(to).compareTo(below) < 0) {
      if (store.holds(to)) {
        store.clear(to, below);
      }
      raise(to, below, store);
    }
  }

  /**
   * The floor first: a store without transactions can see by it that what it has just written went
   * away meanwhile.
   */
  private static void clear(Namespace collection, String below, Store store) {
    boolean repeat = isRepeat(collection, below, store);
    raise(collection, below, store);
    if (!repeat && store.holds(collection)) {
      store.clear(collection, below);
    }
  }

  /**
   * Below a floor that is greater already there is only what a later rename has brought along: what
   * is to be cleared was cleared before.
   */
  private static boolean isRepeat(Namespace collection, String below, Store store) {
    return store.floor(collection).compareTo(below) > 0;
  }

  private static void raise(Namespace namespace, String position, Store store) {
    if (store.floor(namespace).compareTo(position) < 0) {
      store.setFloor(namespace, position);
    }
  }
}
