package dev.sluice.checkpoint;

import dev.sluice.change.Change;
import dev.sluice.change.Numbering;
import dev.sluice.change.Position;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;

/**
 * The events that were captured and are not yet confirmed, in order, and the position that may be
 * saved: behind the last event of the prefix that is confirmed without a gap.
 *
 * <p>An event gets a number when it is taken in, counting from 1; confirms name these numbers, in
 * any order. A window serves one attempt of the pipeline only. The next attempt has a window of its
 * own, so a late confirm of a dead channel cannot move its position: that is the fence between two
 * epochs.
 *
 * <p>The window also knows which documents have an event that was published and is not confirmed. A
 * broker may refuse one message and accept the next (a full queue with {@code reject-publish}, a
 * binding that comes back), and if both were of one document, its newer state would be seen before
 * the older one. {@link #publish} therefore lets only one event of a document be unconfirmed, and
 * one that was refused can be published again in its place. Where consumers go by the events'
 * positions there is no need for that, nor where the events are numbered: that broker takes no
 * message without those before it.
 *
 * <p>Thread-safe: events come from the capturing thread, confirms from the connection's.
 */
public final class InFlightWindow {
  private record Marker(long events, Position position) {}

  /**
   * How many bytes of events may wait to be encoded; the event that passes this is still taken in.
   * A byte of BSON can become six of JSON, so an event's room is not known before that. As much as
   * this is encoded in some milliseconds: the encoder always has something to do.
   */
  private static final long MOST_UNENCODED_BYTES = 1 << 20;

  private final int maxEvents;
  private final long maxBytes;
  private final WindowEntry[] ring;
  private final Optional<Numbering> numbering;

  private final Awaited awaited;

  /** Progress that was told before its events came. One for each reply under way: a handful. */
  private final ArrayDeque<Marker> ahead = new ArrayDeque<>();

  /** The number of the last event taken in. */
  private long last;

  /** The number of the last event of the confirmed prefix. */
  private long confirmedUpTo;

  /** What the broker calls them, where it drops what it has. */
  private long lastId;

  private long confirmedId;
  private int unconfirmedPublished;

  /** A broker that drops by numbers would take what comes behind one of them for both. */
  private int refused;

  private long bytes;
  private long unencodedBytes;
  private Position position;

  /** How far a snapshot is that runs beside the stream: it stays so until something moves it. */
  private BsonDocument snapshot;

  /**
   * @param maxEvents how many events may be in flight
   * @param maxBytes how many bytes of them, as BSON or as messages, whichever is more; the event
   *     that passes this is still taken in
   */
  public InFlightWindow(int maxEvents, long maxBytes) {
    this(maxEvents, maxBytes, true, Position.NO_SNAPSHOT, Optional.empty());
  }

  /**
   * @param strict whether an event waits until the earlier ones of its document are confirmed
   * @param snapshot how far a snapshot is that goes on beside the stream
   * @param numbering what the broker calls the events of this window
   */
  public InFlightWindow(
      int maxEvents,
      long maxBytes,
      boolean strict,
      BsonDocument snapshot,
      Optional<Numbering> numbering) {
    if (maxEvents < 1 || maxBytes < 1) {
      throw new IllegalArgumentException("a window without room");
    }
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.snapshot = snapshot;
    this.numbering = numbering;
    numbering.ifPresent(its -> lastId = confirmedId = its.before());
    this.ring = new WindowEntry[maxEvents];
    // By numbers, whatever comes is behind all before it.
    this.awaited = new Awaited(strict && numbering.isEmpty(), maxEvents);
  }

  /** Whether one more event may be taken in. */
  public synchronized boolean hasRoom() {
    return last - confirmedUpTo < maxEvents
        && bytes < maxBytes
        && unencodedBytes < MOST_UNENCODED_BYTES;
  }

  /**
   * Takes in the next event.
   *
   * @param behind the position behind it
   * @param eventBytes what it takes of the room
   * @param collectionHash as {@link Change#collectionHash} has it
   * @param documentHash as {@link Change#documentHash} has it
   * @return its number
   * @throws IllegalStateException if there is no room for it
   */
  public synchronized long add(
      Position behind, int eventBytes, long collectionHash, long documentHash) {
    if (last - confirmedUpTo == maxEvents) {
      throw new IllegalStateException("more events than the window has room for");
    }
    last++;
    WindowEntry entry = new WindowEntry(behind, eventBytes, collectionHash, documentHash);
    if (numbering.isPresent()) {
      entry.id = lastId = Numbering.next(lastId, behind.clusterTime());
    }
    ring[slot(last)] = entry;
    bytes += eventBytes;
    unencodedBytes += eventBytes;
    while (!ahead.isEmpty() && ahead.peekFirst().events() <= last) {
      Marker marker = ahead.removeFirst();
      if (marker.events() == last) {
        entry.behind = marker.position();
      }
    }
    return last;
  }

  /**
   * Notes that an event has become a message, and that it takes up as much as that from now on.
   *
   * @return whether there is room by this where there was none
   */
  public synchronized boolean encoded(long number, int messageBytes) {
    boolean hadRoom = hasRoom();
    WindowEntry entry = entry(number);
    countEncoded(entry);
    int growth = Math.max(0, messageBytes - entry.bytes);
    entry.bytes += growth;
    bytes += growth;
    return !hadRoom && hasRoom();
  }

  private void countEncoded(WindowEntry entry) {
    if (!entry.encoded) {
      entry.encoded = true;
      unencodedBytes -= entry.bytes;
    }
  }

  /**
   * Notes that the stream has come as far as this position once the first {@code events} events of
   * this window are through. On an idle stream that is how its position keeps moving.
   *
   * @return whether {@link #position} has moved by this
   */
  public synchronized boolean progress(long events, Position reached) {
    if (events > last) {
      ahead.addLast(new Marker(events, reached));
      return false;
    }
    if (events > confirmedUpTo) {
      entry(events).behind = reached;
      return false;
    }
    if (events < confirmedUpTo) {
      return false;
    }
    moveTo(reached);
    return true;
  }

  private void moveTo(Position reached) {
    position = reached.stream();
    if (reached instanceof Position.WithSnapshot) {
      snapshot = reached.snapshot();
    }
  }

  /**
   * Asks to publish an event: the next one, or one that was refused.
   *
   * @return false if an earlier event of the same document, or of its whole collection, is still
   *     unconfirmed: ask again after the next confirm
   */
  public synchronized boolean publish(long number) {
    WindowEntry entry = entry(number);
    // One that was refused has kept its document's place.
    if (entry.state == WindowEntry.State.REFUSED) {
      refused--;
    } else if (numbering.isPresent() ? refused > 0 : !overtakesNothing(number, entry)) {
      return false;
    }
    awaited.add(entry);
    entry.state = WindowEntry.State.PUBLISHED;
    unconfirmedPublished++;
    return true;
  }

  /**
   * What concerns a collection as a whole waits for all that is unconfirmed of it, and all of it
   * that comes behind waits for that.
   */
  private boolean overtakesNothing(long number, WindowEntry entry) {
    return !awaited.holdsBack(entry)
        && !(entry.isOfCollection() && isAnyWaitedFor(entry.collectionHash, number));
  }

  /** Looks at each event on its way: what concerns a whole collection is rare. */
  private boolean isAnyWaitedFor(long collectionHash, long before) {
    for (long each = confirmedUpTo + 1; each < before; each++) {
      WindowEntry entry = entry(each);
      if (entry.isWaitedFor()
          && (collectionHash == Change.EVERY_COLLECTION
              || entry.collectionHash == Change.EVERY_COLLECTION
              || entry.collectionHash == collectionHash)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Notes that the broker has a run of events. Those that are confirmed already are passed over,
   * and so are those that it has refused: RabbitMQ confirms what it returns.
   *
   * @param first the number of the first of them
   * @param until the number of the last of them
   * @return whether {@link #position} has moved by this
   * @throws IllegalStateException if one of them was never published: the broker and we have lost
   *     count of each other
   */
  public synchronized boolean confirm(long first, long until) {
    for (long each = Math.max(first, confirmedUpTo + 1); each <= until; each++) {
      if (each > last || entry(each).state == WindowEntry.State.WAITING) {
        throw new IllegalStateException("a confirm for message " + each + ", never published");
      }
      WindowEntry entry = entry(each);
      if (entry.state == WindowEntry.State.PUBLISHED) {
        entry.state = WindowEntry.State.CONFIRMED;
        awaited.remove(entry);
        unconfirmedPublished--;
      }
    }
    return passConfirmed();
  }

  /**
   * Notes that the broker does not have an event that was published. The later ones of its document
   * wait on: it may be published again.
   *
   * @return false if that is not due, because it is confirmed or refused already
   */
  public synchronized boolean refuse(long number) {
    if (number <= confirmedUpTo
        || number > last
        || entry(number).state != WindowEntry.State.PUBLISHED) {
      return false;
    }
    entry(number).state = WindowEntry.State.REFUSED;
    refused++;
    unconfirmedPublished--;
    return true;
  }

  /** Notes that the broker has an event from before this window. It must not be published here. */
  public synchronized void passOver(long number) {
    WindowEntry entry = entry(number);
    entry.state = WindowEntry.State.CONFIRMED;
    countEncoded(entry);
    passConfirmed();
  }

  private boolean passConfirmed() {
    long before = confirmedUpTo;
    while (confirmedUpTo < last && entry(confirmedUpTo + 1).state == WindowEntry.State.CONFIRMED) {
      WindowEntry entry = entry(confirmedUpTo + 1);
      confirmedUpTo++;
      confirmedId = entry.id;
      ring[slot(confirmedUpTo)] = null;
      countEncoded(entry);
      bytes -= entry.bytes;
      moveTo(entry.behind);
    }
    return confirmedUpTo > before;
  }

  /**
   * The events that are confirmed and lie behind {@link #position}, by where they end. Not what a
   * snapshot has put between them: that is read anew.
   */
  public synchronized Set<Position> confirmedAhead() {
    Set<Position> ahead = new HashSet<>();
    for (long each = confirmedUpTo + 1; each <= last; each++) {
      WindowEntry entry = entry(each);
      if (entry.state == WindowEntry.State.CONFIRMED
          && !(entry.event instanceof Position.WithSnapshot)) {
        ahead.add(entry.event);
      }
    }
    return ahead;
  }

  /** The position that may be saved; empty as long as nothing moved it. */
  public synchronized Optional<Position> position() {
    return Optional.ofNullable(position).map(stream -> Position.of(stream, snapshot));
  }

  /** A checkpoint at {@link #position}; empty as long as nothing moved it. */
  public synchronized Optional<Checkpoint> reached(Checkpoint claimed) {
    return position()
        .map(
            reached ->
                claimed.at(
                    reached,
                    numbering.filter(Numbering::lasting).map(its -> its.behind(confirmedId))));
  }

  /** What the broker calls an event of the window; 0 if it does not ask. */
  public long idOf(long number) {
    return numbering.isEmpty() ? 0 : askIdOf(number);
  }

  private synchronized long askIdOf(long number) {
    return entry(number).id;
  }

  /** How many events are through: confirmed, and all before them as well. */
  public synchronized long confirmedEvents() {
    return confirmedUpTo;
  }

  /** The number of the newest event; 0 before the first. */
  public synchronized long last() {
    return last;
  }

  /** How many events are in flight. */
  public synchronized int size() {
    return (int) (last - confirmedUpTo);
  }

  /** How many bytes are in flight: of BSON, or of JSON where that is more. */
  public synchronized long bytes() {
    return bytes;
  }

  /** How many events the broker was given and has not answered. */
  public synchronized int awaitingConfirm() {
    return unconfirmedPublished;
  }

  private WindowEntry entry(long number) {
    return ring[slot(number)];
  }

  private int slot(long number) {
    return (int) ((number - 1) % maxEvents);
  }
}
