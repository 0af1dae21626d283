package dev.sluice.snapshot;

import dev.sluice.change.Namespace;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * That somebody wants a snapshot while the pipeline runs, and what has become of that.
 *
 * @param id also the snapshot's, once it runs
 * @param match a condition in JSON; empty for all documents
 * @param ids the documents alone that are wanted; none for all
 * @param wish what is wanted now
 * @param state what is so
 * @param answer one sentence for people; empty as long as there is nothing to say
 */
public record SnapshotRequest(
    String id,
    List<Namespace> namespaces,
    String match,
    List<Key> ids,
    Wish wish,
    State state,
    String answer,
    Instant at) {
  /** What somebody wants. */
  public enum Wish {
    RUN,
    PAUSE,
    CANCEL
  }

  /** What the pipeline says. */
  public enum State {
    /** Nobody has taken it up yet, or another one is before it. */
    WAITING,
    RUNNING,
    PAUSED,
    /** It is over, however it ended. */
    ENDED,
    /** It is over and was never begun: refused, or cancelled before. No event tells of it. */
    VOID
  }

  public SnapshotRequest {
    Objects.requireNonNull(id, "id");
    namespaces = List.copyOf(namespaces);
    Objects.requireNonNull(match, "match");
    ids = List.copyOf(ids);
    Objects.requireNonNull(wish, "wish");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(answer, "answer");
    Objects.requireNonNull(at, "at");
  }

  /** Whether it reads only a part of each collection. */
  public boolean isFiltered() {
    return !match.isEmpty() || !ids.isEmpty();
  }

  /** The documents alone that are wanted. */
  public List<KeyRange> ranges() {
    return namespaces.stream()
        .flatMap(in -> ids.stream().map(id -> KeyRange.only(in, id)))
        .toList();
  }
}
