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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.bson.BsonTimestamp;

/**
 * Puts the chunks of a snapshot between the changes of the stream, so that no document goes back in
 * time: a chunk that was read at the time T is let in when the stream has passed T, without the
 * documents that the stream has changed after T. It is let in slice by slice, so that a change
 * waits for a slice at the most. docs/decisions/0011 has the argument.
 *
 * <p>A state machine: it is told what happens, in one order, and says what comes out of it and what
 * is to be read. Not thread-safe. Serves one attempt.
 */
public final class Splice {
  /** A slice of n documents waits for this many times n events of the stream at the most. */
  private static final int EVENTS_FOR_DOCUMENT = 4;

  private final SnapshotLimits limits;
  private final ChunkSizes sizes;
  private final BooleanSupplier room;
  private final Clock clock;

  /** Nothing is read as it was before this. */
  private final long floor;

  private final Recording recording;

  private final Readings readings;
  private SnapshotProgress progress;

  /** The collections of which something is still to be read. */
  private Set<Namespace> unread;

  private Position stream;

  /** All events before this have passed. Nothing is known as long as it is 0. */
  private long reached;

  /** So have all of this time and before. */
  private long passed;

  private long eventsSinceSlice;
  private boolean over;
  private boolean paused;

  /**
   * @param progress how far the snapshot is that goes on
   * @param start where the stream begins
   * @param floor a cluster time: whatever was published so far is not newer
   * @param room whether what is under way to RabbitMQ leaves room for more of the snapshot
   */
  public Splice(
      SnapshotProgress progress,
      Position start,
      long floor,
      SnapshotLimits limits,
      BooleanSupplier room,
      Clock clock) {
    goOn(progress);
    this.stream = start.stream();
    this.floor = ClusterTimes.later(floor, progress.from());
    this.limits = limits;
    this.readings = new Readings(limits);
    this.sizes = new ChunkSizes(limits.chunk(), limits.chunkBytes());
    this.room = room;
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
    eventsSinceSlice++;
    Reading ready = readings.ready(passedBefore());
    if (ready != null && eventsSinceSlice >= share(ready)) {
      letIn(ready, out);
    }
  }

  private static long share(Reading reading) {
    return (long) EVENTS_FOR_DOCUMENT * Math.max(1, reading.endOfSlice() - reading.next());
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

  /**
   * The stream has come so far, and nothing is left to be handed over that was before it.
   *
   * @param all whether also nothing of the token's own time is to come
   */
  public void mark(ResumeToken token, boolean all, Consumer<Change> out) {
    stream = new Position.After(token);
    token.clusterTime().map(BsonTimestamp::getValue).ifPresent(time -> reach(time, all));
    begin(out);
    letInNext(out);
  }

  private void reach(long time, boolean all) {
    passed = all ? ClusterTimes.later(passed, time) : passed;
    reach(time);
  }

  /** All events before this have passed, and it may be one moment more than what is reached. */
  private long passedBefore() {
    return ClusterTimes.later(reached, passed + 1);
  }

  private void reach(long time) {
    reached = ClusterTimes.later(reached, time);
    recording.forgetUpTo(horizon());
  }

  /** No chunk will turn out to be of an earlier time. */
  private long horizon() {
    return ClusterTimes.later(floor, readings.earliest(justBefore(reached)));
  }

  /** The last moment of which all events have passed. */
  private static long justBefore(long time) {
    return time == 0 ? 0 : time - 1;
  }

  /** A chunk has been read. */
  public void arrived(Chunk chunk) {
    readings.arrived(chunk);
  }

  /** The stream has nothing at hand: lets one slice in, if one is ready and there is room. */
  public void letInNext(Consumer<Change> out) {
    begin(out);
    Reading ready = readings.ready(passedBefore());
    if (ready != null && room.getAsBoolean()) {
      letIn(ready, out);
    }
  }

  /** Whether {@link #letInNext} would let one in. */
  public boolean isReady() {
    return readings.ready(passedBefore()) != null && room.getAsBoolean();
  }

  /**
   * Lets in a slice, whose documents are looked up among what has changed since at that very
   * moment.
   */
  private void letIn(Reading reading, Consumer<Change> out) {
    Chunk chunk = reading.chunk();
    eventsSinceSlice = 0;
    if (!recording.reachesBackTo(chunk.from())) {
      // Too much has changed since to tell what of it is still so: it is read again.
      readings.giveUp(reading);
      sizes.halve(reading.range().namespace());
      return;
    }
    if (reading.isUntouched()) {
      sizes.learn(chunk);
    }
    int end = reading.endOfSlice();
    Optional<KeyRange> rest = reading.behind(end);
    publish(reading, end, rest, out);
    if (end < chunk.size()) {
      reading.passed(end, rest.orElseThrow());
    } else {
      readings.letIn(reading);
    }
    recording.forgetUpTo(horizon());
    endIfWhole(out);
  }

  private void publish(Reading reading, int end, Optional<KeyRange> rest, Consumer<Change> out) {
    Chunk chunk = reading.chunk();
    int first = reading.next();
    Namespace namespace = reading.range().namespace();
    Key[] fresh = new Key[end - first];
    int last = -1;
    int left = 0;
    for (int i = first; i < end; i++) {
      Key key = chunk.key(i);
      if (recording.isEmpty() || !recording.isNewer(DocumentKey.of(namespace, key), chunk.from())) {
        fresh[i - first] = key;
        last = i;
      } else {
        left++;
      }
    }
    Position beforeLast = position();
    goOn(progress.passed(reading.range(), rest, fresh.length - left, left));
    ReadEvents events = new ReadEvents(progress.id(), chunk, limits.keysOnly(), clock);
    Position behindAll = position();
    for (int i = first; i <= last; i++) {
      Key key = fresh[i - first];
      if (key != null) {
        out.accept(
            events.event(
                chunk.bytes(), chunk.offsets()[i], key, i == last ? behindAll : beforeLast));
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
    readings.giveUp(gone);
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
      if (readings.isFull()) {
        return requests;
      }
      if (!readings.isUnderWay(range)) {
        read(range, at, null, requests);
      }
    }
    for (Reading before : readings.last()) {
      if (!readings.isFull()) {
        before.behind().ifPresent(range -> read(range, at, before, requests));
      }
    }
    return requests;
  }

  private void read(KeyRange range, long at, Reading before, List<ChunkRequest> requests) {
    Namespace namespace = range.namespace();
    if (readings.hasRoomFor(range, sizes::bytesOf)) {
      ChunkRequest request = new ChunkRequest(range, at, sizes.of(namespace), progress.match());
      readings.begin(request, before);
      requests.add(request);
    }
  }
}
