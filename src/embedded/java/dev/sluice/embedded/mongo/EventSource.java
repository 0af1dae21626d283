package dev.sluice.embedded.mongo;

import dev.sluice.embedded.mongo.ChangeStreamCursor.Event;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Makes the events of one stream out of log entries, and holds those not yet sent. */
final class EventSource {

  private final EventRenderer renderer;
  private final EventPipeline pipeline;
  private final ChangeStreamSpec spec;
  private final int tokenVersion;
  private final Deque<Event> pending = new ArrayDeque<>();

  /** Fragments of the first event that the client had before it resumed. */
  private int fragmentsSeen;

  EventSource(
      EventRenderer renderer,
      EventPipeline pipeline,
      ChangeStreamSpec spec,
      int tokenVersion,
      int fragmentsSeen) {
    this.fragmentsSeen = fragmentsSeen;
    this.renderer = renderer;
    this.pipeline = pipeline;
    this.spec = spec;
    this.tokenVersion = tokenVersion;
  }

  int tokenVersion() {
    return tokenVersion;
  }

  boolean hasPending() {
    return !pending.isEmpty();
  }

  Optional<Event> poll() {
    return Optional.ofNullable(pending.pollFirst());
  }

  void pushBack(Event event) {
    pending.addFirst(event);
  }

  /**
   * Renders what the entry gives rise to.
   *
   * @return false if the client's stages leave nothing of it
   */
  boolean offer(OplogEntry entry, boolean invalidates) {
    boolean shown =
        entry.type() != EventType.NOOP && (!entry.type().isExpanded() || spec.expanded());
    if (!shown) {
      return false;
    }
    ResumeToken token = renderer.token(entry);
    emit(entry, renderer.render(entry, token), token);
    if (invalidates) {
      ResumeToken end = renderer.invalidateToken(entry);
      emit(entry, renderer.renderInvalidate(entry, end), end);
    }
    return !pending.isEmpty();
  }

  ResumeToken tokenOfInvalidate(OplogEntry entry) {
    return renderer.invalidateToken(entry);
  }

  private void emit(OplogEntry entry, RawDocument event, ResumeToken token) {
    int seen = fragmentsSeen;
    fragmentsSeen = 0;
    Optional<RawDocument> shown = pipeline.apply(event);
    if (shown.isEmpty()) {
      return;
    }
    RawDocument document = shown.get();
    if (document.size() <= LargeEvent.MAX_BYTES) {
      if (seen == 0) {
        pending.add(new Event(document, token));
      }
      return;
    }
    if (!spec.split()) {
      throw LargeEvent.tooLarge(document.size());
    }
    List<Event> fragments =
        new LargeEvent(document.decode())
            .fragments(number -> renderer.fragmentToken(entry, number));
    pending.addAll(fragments.subList(Math.min(seen, fragments.size()), fragments.size()));
  }
}
