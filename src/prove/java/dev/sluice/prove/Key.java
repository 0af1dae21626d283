package dev.sluice.prove;

/**
 * A document that is written again and again; its deletes and inserts are writes like others. For
 * the one writer that has it.
 */
final class Key {
  private final Place place;
  private final String name;
  private int generation;
  private int next;
  private String state = States.NONE;

  Key(Place place, String name) {
    this.place = place;
    this.name = name;
  }

  Place place() {
    return place;
  }

  Subject subject() {
    return new Subject(place.namespace(), name + "-" + generation);
  }

  /** The number of a write that is about to be sent. */
  int takeNumber() {
    return next++;
  }

  /** As it was left, or {@link States#NONE}. */
  String state() {
    return state;
  }

  void leftAs(String left) {
    state = left;
  }

  /** Nobody knows what the document holds now: the next write makes another. */
  void abandon() {
    generation++;
    next = 0;
    state = States.NONE;
  }
}
