package dev.sluice.consume;

import dev.sluice.change.Namespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Events in the order in which they came, to be applied together: all or none of them.
 *
 * @param events oldest delivery first; repeats are among them
 */
public record Batch(List<Event> events) {
  /** A stretch of a batch, for targets that keep the newest state. */
  public sealed interface Step permits States, Whole {}

  /**
   * The newest state of documents, each key once, and each with a state: {@link
   * Event.State#PRESENT} or {@link Event.State#DELETED}. In the order in which the documents first
   * came.
   */
  public record States(List<Event> newest) implements Step {
    public States {
      newest = List.copyOf(newest);
    }
  }

  /**
   * An event of more than one document: to be applied behind what came before and before the rest.
   */
  public record Whole(Event event) implements Step {}

  private record Place(Namespace namespace, DocumentKey key) {}

  public Batch {
    events = List.copyOf(events);
  }

  /** Whether there is nothing to do. */
  public boolean isEmpty() {
    return events.isEmpty();
  }

  /**
   * The batch as steps in their order. Of several changes of one document between two events of
   * whole collections only the one with the greatest position is left; among repeats of that the
   * last, whose looked-up document may be the newer. A change whose document MongoDB had not kept
   * needs none if a later one of the batch tells the document's state.
   *
   * @throws TargetException if an event does not tell the state: for good, or because the pipeline
   *     does not send documents
   */
  public List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    Map<Place, Event> newest = new LinkedHashMap<>();
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      if (!event.type().isOnDocument()) {
        flush(newest, steps);
        steps.add(new Whole(event));
      } else if (tellsState(event, events.subList(i + 1, events.size()))) {
        newest.merge(
            new Place(event.namespace(), event.key()),
            event,
            (old, later) -> later.position().compareTo(old.position()) >= 0 ? later : old);
      }
    }
    flush(newest, steps);
    return steps;
  }

  private static void flush(Map<Place, Event> newest, List<Step> steps) {
    if (!newest.isEmpty()) {
      steps.add(new States(List.copyOf(newest.values())));
      newest.clear();
    }
  }

  private static boolean tellsState(Event event, List<Event> behind) {
    return switch (event.state()) {
      case PRESENT, DELETED -> true;
      case NOT_FOUND, NONE -> false;
      case NOT_SENT ->
          throw TargetException.unusable(
              "The "
                  + event
                  + " came without its document, and without it no newest state can be kept: set"
                  + " SLUICE_VIEW=NEW_IMAGE with SLUICE_UPDATE_LOOKUP=true for the pipeline, or keep"
                  + " the history only (file:)");
      case EXPIRED -> {
        if (isSuperseded(event, behind)) {
          yield false;
        }
        throw TargetException.refused(
            event, "MongoDB had not kept the document for long enough, so its state is not known");
      }
    };
  }

  /** Not by what comes behind a rename, which takes the document along as it is. */
  private static boolean isSuperseded(Event expired, List<Event> behind) {
    for (Event other : behind) {
      if (other.type() == EventType.RENAME && expired.namespace().equals(other.namespace())) {
        return false;
      }
      boolean tells = other.state() == Event.State.PRESENT || other.state() == Event.State.DELETED;
      if (tells
          && other.position().compareTo(expired.position()) > 0
          && other.key().equals(expired.key())
          && other.namespace().equals(expired.namespace())) {
        return true;
      }
    }
    return false;
  }
}
