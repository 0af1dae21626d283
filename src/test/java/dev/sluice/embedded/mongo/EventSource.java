package dev.sluice.embedded.mongo;

import dev.sluice.embedded.mongo.ChangeStreamCursor.Event;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Makes the events of one stream out of log entries, and holds those not yet sent. */
final class EventSource {

  private final EventRenderer renderer;
  private final EventPipeline pipeline;
  private final ChangeStreamSpec spec;
  private final int tokenVersion;
  private final Deque<Event> pending = new ArrayDeque<>();

  EventSource(
      EventRenderer renderer, EventPipeline pipeline, ChangeStreamSpec spec, int tokenVersion) {
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
    emit(renderer.render(entry, token), token);
    if (invalidates) {
      ResumeToken end = renderer.invalidateToken(entry);
      emit(renderer.renderInvalidate(entry, end), end);
    }
    return !pending.isEmpty();
  }

  ResumeToken tokenOfInvalidate(OplogEntry entry) {
    return renderer.invalidateToken(entry);
  }

  private void emit(RawDocument event, ResumeToken token) {
    pipeline.apply(event).ifPresent(document -> pending.add(new Event(document, token)));
  }
}
