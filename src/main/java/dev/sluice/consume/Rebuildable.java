package dev.sluice.consume;

import dev.sluice.change.Namespace;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A store that can be filled a second time beside what is there, and then put that in its place.
 * For one thread. Everything throws a {@link TargetException}, and is durable when it returns.
 */
public interface Rebuildable extends Target.Opener {
  /**
   * What is filled beside the live one, or has been.
   *
   * @param request the snapshot that fills it
   * @param queue whose messages it gets: of another one it is none of our business
   * @param layout what it is to be; for another one all begins anew
   * @param isDone whether it stands in the place of the live one already
   */
  record Rebuild(String request, String queue, String layout, boolean isDone) {
    public Rebuild {
      Objects.requireNonNull(request, "request");
      Objects.requireNonNull(queue, "queue");
      Objects.requireNonNull(layout, "layout");
    }
  }

  /** The collections of which the live one may have something. */
  List<Namespace> collections();

  /** What was begun and not thrown away since. */
  Optional<Rebuild> rebuild();

  /**
   * Makes an empty one beside, and throws away what was there of an earlier rebuild. A crash in it
   * leaves no {@link #rebuild}, or this one.
   */
  void begin(String request, String queue, String layout);

  /** Opens what {@link #begin} has made. It keeps newest states and no history. */
  Target openBeside();

  /**
   * Puts collections of the one beside in the place of the live ones, in one step for whoever
   * reads, and throws the rest of it away; the rebuild is done then. A collection whose floor
   * beside is above the position stays as it is: it was dropped or renamed, or another one to its
   * name, and the snapshot has not told of what it has now. No target of the store is open.
   *
   * @param collections whole beside, as all that was published is applied there
   * @param from where the snapshot began
   * @return those that were swapped
   */
  List<Namespace> swap(List<Namespace> collections, String from);

  /** Throws away what is beside, if anything is, and forgets the rebuild. */
  void discard();
}
