package dev.sluice.snapshot;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Namespace;
import dev.sluice.change.ResumeToken;
import dev.sluice.testing.Events;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/** A server with one collection and a log, that has all its former states. */
final class ModelServer {
  static final Namespace COLLECTION = new Namespace("shop", "orders");

  /** What is done at one moment to one document, or to all if there is no id. */
  record Entry(long time, ChangeEvent event, int rank, BsonDocument after) {}

  final List<Entry> log = new ArrayList<>();
  private final Random random;

  /** By the cluster time from which it is so. */
  private final TreeMap<Long, TreeMap<Integer, BsonDocument>> states = new TreeMap<>();

  private long now = (1_700_000_000L << Integer.SIZE) + 1;
  private int version;

  ModelServer(Random random) {
    this.random = random;
    states.put(now, new TreeMap<>());
  }

  long now() {
    return now;
  }

  /** Somebody writes what is not watched. */
  void tick() {
    now++;
    states.put(now, state());
  }

  TreeMap<Integer, BsonDocument> state() {
    return new TreeMap<>(states.lastEntry().getValue());
  }

  private TreeMap<Integer, BsonDocument> stateAt(long time) {
    return states.floorEntry(time).getValue();
  }

  void write() {
    TreeMap<Integer, BsonDocument> state = state();
    now++;
    int operations = random.nextInt(5) == 0 ? 1 + random.nextInt(4) : 1;
    for (int index = 0; index < operations; index++) {
      change(state, index);
    }
    states.put(now, state);
  }

  private void change(TreeMap<Integer, BsonDocument> state, int index) {
    int rank = random.nextInt(AllKeys.IN_ORDER.size());
    version++;
    BsonDocument before = state.get(rank);
    if (before == null) {
      List<BsonValue> equal = AllKeys.IN_ORDER.get(rank);
      BsonValue id = equal.get(random.nextInt(equal.size()));
      log(index, "insert", rank, document(id), state);
    } else if (random.nextInt(3) == 0) {
      log(index, "delete", rank, null, state);
    } else {
      // A replacement may write the same id as another type of number.
      List<BsonValue> equal = AllKeys.IN_ORDER.get(rank);
      log(index, "replace", rank, document(equal.get(random.nextInt(equal.size()))), state);
    }
  }

  private BsonDocument document(BsonValue id) {
    // Only a few contents, so that a document may become what it was before.
    return new BsonDocument("_id", id).append("v", new BsonInt32(version % 3));
  }

  private void log(
      int index,
      String operation,
      int rank,
      BsonDocument after,
      TreeMap<Integer, BsonDocument> state) {
    BsonValue id = after == null ? state.get(rank).get("_id") : after.get("_id");
    BsonDocument event = event(index, operation).append("documentKey", new BsonDocument("_id", id));
    if (after == null) {
      state.remove(rank);
    } else {
      event.append("fullDocument", after);
      state.put(rank, after);
    }
    log.add(new Entry(now, Events.of(event), rank, after));
  }

  private BsonDocument event(int index, String operation) {
    return new BsonDocument("_id", new BsonDocument("_data", new BsonString(token(now, index))))
        .append("operationType", new BsonString(operation))
        .append("clusterTime", new BsonTimestamp(now))
        .append(
            "ns",
            new BsonDocument("db", new BsonString("shop"))
                .append("coll", new BsonString("orders")));
  }

  /** Cluster time, version 2, type 128, index: dev.sluice.change.TokenKey has the form. */
  private static String token(long time, int index) {
    return String.format("82%016X", time)
        + "2B042C0100"
        + (index == 0 ? "29" : String.format("2B%02X", index << 1));
  }

  /** The token of a moment, which is before all events of that moment. */
  static ResumeToken moment(long time) {
    return ResumeToken.of(
        new BsonDocument("_data", new BsonString(String.format("82%016X2B0429", time))));
  }

  void drop() {
    now++;
    log.add(new Entry(now, Events.of(event(0, "drop")), -1, null));
    states.put(now, new TreeMap<>());
  }

  /** How many entries of the log are before a token's place. */
  int placeOf(ResumeToken token) {
    for (int i = 0; i < log.size(); i++) {
      if (log.get(i).event().token().equals(token)) {
        return i + 1;
      }
    }
    long time = token.clusterTime().orElseThrow().getValue();
    return placeOf(time);
  }

  int placeOf(long time) {
    int place = 0;
    while (place < log.size() && log.get(place).time() < time) {
      place++;
    }
    return place;
  }

  /** As of one moment. */
  Chunk read(ChunkRequest request, long time) {
    return chunk(request, found(request, time, time), time, time);
  }

  /** Of a server that cannot read at a moment: while it reads, time goes by. */
  Chunk readWhileTimeGoesBy(ChunkRequest request) {
    return chunk(request, found(request, request.at(), now), request.at(), now);
  }

  private List<BsonDocument> found(ChunkRequest request, long from, long until) {
    KeyRange range = request.range();
    int first = range.start() == null ? 0 : AllKeys.rank(value(range.start()));
    int end =
        range.end() != null
            ? AllKeys.rank(value(range.end()))
            : range.start() == null || range.isSingle()
                ? AllKeys.IN_ORDER.size()
                : AllKeys.IN_ORDER.size() - 1;
    List<BsonDocument> found = new ArrayList<>();
    long time = from;
    for (int rank = range.behind() ? first + 1 : first; rank < end; rank++) {
      time += random.nextInt((int) (until - time) + 1);
      BsonDocument document = stateAt(time).get(rank);
      if (document != null && found.size() < request.limit()) {
        found.add(document);
      }
    }
    return found;
  }

  private static BsonValue value(Key key) {
    return key.asId().decode(new BsonDocumentCodec()).get("_id");
  }

  private static Chunk chunk(
      ChunkRequest request, List<BsonDocument> found, long from, long until) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int[] offsets = new int[found.size()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = bytes.size();
      ByteBuffer raw =
          new RawBsonDocument(found.get(i), new BsonDocumentCodec()).getByteBuffer().asNIO();
      byte[] document = new byte[raw.remaining()];
      raw.get(document);
      bytes.writeBytes(document);
    }
    return new Chunk(request, bytes.toByteArray(), offsets, from, until);
  }
}
