package dev.sluice.snapshot;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.ChangePosition;
import dev.sluice.change.Namespace;
import dev.sluice.change.Oversized;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.change.SnapshotNotice;
import dev.sluice.change.SnapshotNotice.Kind;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.bson.BsonTimestamp;

/**
 * Puts the chunks of a snapshot between the changes of the stream, so that no document goes back in
 * time: a chunk that was read at the time T is let in when the stream has passed T, without the
 * documents that the stream has changed after T. docs/decisions/0011 has the argument.
 *
 * <p>A state machine: it is told what happens, in one order, and says what comes out of it and what
 * is to be read. Not thread-safe. Serves one attempt.
 */
public final class Splice {
  /** A chunk of n documents waits for this many times n events of the stream at the most. */
  private static final int EVENTS_FOR_DOCUMENT = 4;

  private final SnapshotLimits limits;
  private final ChunkSizes sizes;
  private final Clock clock;

  /** Nothing is read as it was before this. */
  private final long floor;

  private final Recording recording;

  /**
   * The ranges that are being read or wait, by the earliest time that they may turn out to be of.
   */
  private final Map<KeyRange, Long> underWay = new LinkedHashMap<>();

  /** What was read and is not let in yet. */
  private final List<Chunk> waiting = new ArrayList<>();

  private SnapshotProgress progress;

  /** The collections of which something is still to be read. */
  private Set<Namespace> unread;

  private Position stream;

  /** All events before this have passed. Nothing is known as long as it is 0. */
  private long reached;

  private long eventsSinceChunk;
  private boolean over;
  private boolean paused;

  /**
   * @param progress how far the snapshot is that goes on
   * @param start where the stream begins
   * @param floor a cluster time: whatever was published so far is not newer
   */
  public Splice(
      SnapshotProgress progress, Position start, long floor, SnapshotLimits limits, Clock clock) {
    goOn(progress);
    this.stream = start.stream();
    this.floor = ClusterTimes.later(floor, progress.from());
    this.limits = limits;
    this.sizes = new ChunkSizes(limits.chunk(), limits.chunkBytes());
    this.clock = clock;
    this.recording = new Recording(this.floor, limits.recordedKeys(), limits.recordedBytes());
  }

  private void goOn(SnapshotProgress next) {
    progress = next;
    unread = next.left().stream().map(KeyRange::namespace).collect(Collectors.toSet());
  }

  /** How far it is, with all that was let in. */
  public SnapshotProgress progress() {
    return progress;
  }

  /** Whether nothing more will come of it. */
  public boolean isOver() {
    return over;
  }

  /** The stream has brought a change. */
  public void change(Change change, Consumer<Change> out) {
    begin(out);
    out.accept(change);
    stream = change.position().stream();
    if (over) {
      return;
    }
    if (change instanceof ChangeEvent event) {
      passed(event, out);
    } else if (change instanceof Oversized oversized) {
      passed(oversized.keys(), out);
    }
    eventsSinceChunk++;
    int ready = firstReady();
    if (ready >= 0 && eventsSinceChunk >= share(waiting.get(ready))) {
      letIn(ready, out);
    }
  }

  private static long share(Chunk chunk) {
    return (long) EVENTS_FOR_DOCUMENT * Math.max(1, chunk.size());
  }

  private void passed(ChangeEvent event, Consumer<Change> out) {
    if (!event.has(Field.CLUSTER_TIME)) {
      return;
    }
    long time = event.int64(Field.CLUSTER_TIME);
    reach(time);
    if (event.operation().isOnDocument()) {
      record(event, time);
    } else {
      lookForEnd(event, out);
    }
  }

  private void record(ChangeEvent event, long time) {
    Namespace namespace = event.namespace();
    if (unread.contains(namespace) && event.has(Field.DOCUMENT_KEY)) {
      Key id = Key.of(event.bytes(), event.offset(Field.DOCUMENT_KEY));
      recording.changed(DocumentKey.of(namespace, id), time);
    }
  }

  /** What is under the name now is another collection, of which the stream tells from the start. */
  private void lookForEnd(ChangeEvent event, Consumer<Change> out) {
    Namespace namespace = event.namespace();
    switch (event.operation()) {
      case DROP -> abandon(namespace::equals, "the collection was dropped", out);
      case RENAME -> {
        Namespace target = renamedTo(event);
        abandon(
            each -> each.equals(namespace) || each.equals(target),
            "the collection was renamed, or another one to its name",
            out);
      }
      case DROP_DATABASE ->
          abandon(
              each -> each.database().equals(namespace.database()),
              "the database was dropped",
              out);
      default -> {}
    }
  }

  private static Namespace renamedTo(ChangeEvent event) {
    return event.has(Field.TO) ? event.namespaceAt(Field.TO) : null;
  }

  /** The stream has come so far, and nothing is left to be handed over that was before it. */
  public void mark(ResumeToken token, Consumer<Change> out) {
    stream = new Position.After(token);
    token.clusterTime().map(BsonTimestamp::getValue).ifPresent(this::reach);
    begin(out);
    letInNext(out);
  }

  private void reach(long time) {
    reached = ClusterTimes.later(reached, time);
    recording.forgetUpTo(horizon());
  }

  /** No chunk will turn out to be of an earlier time. */
  private long horizon() {
    long earliest = justBefore(reached);
    for (long time : underWay.values()) {
      earliest = ClusterTimes.earlier(earliest, time);
    }
    return ClusterTimes.later(floor, earliest);
  }

  /** The last moment of which all events have passed. */
  private static long justBefore(long time) {
    return time == 0 ? 0 : time - 1;
  }

  /** A chunk has been read. */
  public void arrived(Chunk chunk) {
    KeyRange range = chunk.request().range();
    if (underWay.containsKey(range)) {
      underWay.put(range, chunk.from());
      waiting.add(chunk);
    }
  }

  /** The stream has nothing at hand: lets one chunk in, if one is ready. */
  public void letInNext(Consumer<Change> out) {
    begin(out);
    int ready = firstReady();
    if (ready >= 0) {
      letIn(ready, out);
    }
  }

  /** Whether {@link #letInNext} would let one in. */
  public boolean isReady() {
    return firstReady() >= 0;
  }

  private int firstReady() {
    for (int i = 0; i < waiting.size(); i++) {
      if (ClusterTimes.isBefore(waiting.get(i).until(), reached)) {
        return i;
      }
    }
    return -1;
  }

  private void letIn(int ready, Consumer<Change> out) {
    Chunk chunk = waiting.remove(ready);
    underWay.remove(chunk.request().range());
    eventsSinceChunk = 0;
    if (!recording.reachesBackTo(chunk.from())) {
      // Too much has changed since to tell what of it is still so: it is read again.
      sizes.halve(chunk.request().namespace());
      return;
    }
    sizes.learn(chunk);
    publish(chunk, out);
    recording.forgetUpTo(horizon());
    endIfWhole(out);
  }

  private void publish(Chunk chunk, Consumer<Change> out) {
    KeyRange range = chunk.request().range();
    Namespace namespace = range.namespace();
    List<Key> keys = new ArrayList<>(chunk.size());
    boolean[] stale = new boolean[chunk.size()];
    int last = -1;
    int left = 0;
    for (int i = 0; i < chunk.size(); i++) {
      keys.add(chunk.key(i));
      stale[i] =
          !recording.isEmpty()
              && recording.isNewer(DocumentKey.of(namespace, keys.get(i)), chunk.from());
      last = stale[i] ? last : i;
      left += stale[i] ? 1 : 0;
    }
    Optional<KeyRange> rest =
        keys.isEmpty() ? range.exhausted() : range.behind(keys.get(keys.size() - 1));
    Position beforeLast = position();
    goOn(progress.passed(range, rest, keys.size() - left, left));
    ReadEvents events = new ReadEvents(progress.id(), chunk, limits.keysOnly(), clock);
    Position behindAll = position();
    for (int i = 0; i <= last; i++) {
      if (!stale[i]) {
        out.accept(
            events.event(
                chunk.bytes(),
                chunk.offsets()[i],
                keys.get(i),
                i == last ? behindAll : beforeLast));
      }
    }
  }

  /** Where stream and snapshot go on, with all that was let in. */
  public Position position() {
    return over
        ? new Position.WithSnapshot(stream, Position.NO_SNAPSHOT)
        : new Position.WithSnapshot(stream, progress.toBson());
  }

  private void begin(Consumer<Change> out) {
    if (over || progress.announced()) {
      return;
    }
    progress = progress.told();
    out.accept(notice(Kind.STARTED, progress.namespaces(), Optional.empty()));
    endIfWhole(out);
  }

  private void endIfWhole(Consumer<Change> out) {
    if (!over && progress.isWhole()) {
      over = true;
      out.accept(notice(Kind.COMPLETED, progress.namespaces(), Optional.empty()));
    }
  }

  private void abandon(Predicate<Namespace> gone, String reason, Consumer<Change> out) {
    List<Namespace> unfinished =
        progress.namespaces().stream().filter(unread::contains).filter(gone).toList();
    goOn(progress.without(unfinished::contains));
    if (unfinished.isEmpty()) {
      return;
    }
    underWay.keySet().removeIf(range -> gone.test(range.namespace()));
    waiting.removeIf(chunk -> gone.test(chunk.request().namespace()));
    over = progress.namespaces().isEmpty();
    out.accept(notice(Kind.ABANDONED, unfinished, Optional.of(reason)));
    endIfWhole(out);
  }

  /** Somebody wants it to end. */
  public void cancel(Consumer<Change> out) {
    begin(out);
    if (!over) {
      abandon(each -> true, "somebody has cancelled it", out);
      over = true;
    }
  }

  private SnapshotNotice notice(Kind kind, List<Namespace> of, Optional<String> reason) {
    ChangePosition order =
        kind == Kind.STARTED
            ? progress.beginning()
            : ChangePosition.behindAllOf(ClusterTimes.later(progress.from(), justBefore(reached)));
    return new SnapshotNotice(
        kind,
        progress.id(),
        of,
        progress.beginning(),
        progress.isFiltered(),
        progress.documents(),
        progress.leftOut(),
        reason,
        order,
        position());
  }

  /** Whether nothing more is to be read for now. */
  public void pause(boolean wanted) {
    paused = wanted;
  }

  /** Large documents are read by fewer readers; one chunk always has room. */
  private boolean hasRoomFor(KeyRange range) {
    long bytes = sizes.bytesOf(range.namespace());
    for (KeyRange other : underWay.keySet()) {
      bytes += sizes.bytesOf(other.namespace());
    }
    return underWay.isEmpty() || bytes <= limits.parallel() * limits.chunkBytes();
  }

  /** What is to be read now. Each is answered by {@link #arrived}. */
  public List<ChunkRequest> toRead() {
    long at = justBefore(reached);
    if (over
        || paused
        || !progress.announced()
        || reached == 0
        || ClusterTimes.isBefore(at, floor)
        || !recording.reachesBackTo(at)) {
      return List.of();
    }
    List<ChunkRequest> requests = new ArrayList<>();
    for (KeyRange range : progress.left()) {
      if (underWay.size() >= limits.parallel()) {
        break;
      }
      if (!underWay.containsKey(range) && hasRoomFor(range)) {
        underWay.put(range, at);
        requests.add(new ChunkRequest(range, at, sizes.of(range.namespace()), progress.match()));
      }
    }
    return requests;
  }
}
