package dev.sluice.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.ChangeEvent.Field;
import dev.sluice.change.Operation;
import dev.sluice.change.SnapshotNotice;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/** Four consumers that keep a copy each, and what each of them relies on. */
final class ModelConsumer {
  private final ModelServer server;
  private final Set<String> seen = new HashSet<>();

  /** Applies whatever comes. */
  private final TreeMap<Integer, BsonDocument> simple = new TreeMap<>();

  /** Applies what it has not seen yet, by the message's id. */
  private final TreeMap<Integer, BsonDocument> byId = new TreeMap<>();

  /** Applies what is newer than what it has, by the position; began with what is no longer so. */
  private final TreeMap<Integer, BsonDocument> byPosition = new TreeMap<>();

  private final Map<Integer, String> positions = new HashMap<>();

  /** The state of each document that was delivered last for the first time: from when on it was. */
  private final Map<Integer, Long> shown = new HashMap<>();

  private boolean whole;
  private boolean abandoned;

  ModelConsumer(ModelServer server) {
    this.server = server;
    for (int rank = 0; rank < AllKeys.IN_ORDER.size(); rank += 2) {
      byPosition.put(rank, new BsonDocument());
      positions.put(rank, "0".repeat(24));
    }
  }

  void deliver(Change change) {
    boolean isNew = seen.add(change.id().value());
    if (change instanceof SnapshotNotice notice) {
      told(notice);
      return;
    }
    ChangeEvent event = (ChangeEvent) change;
    if (event.operation() == Operation.DROP) {
      simple.clear();
      if (isNew) {
        byId.clear();
        shown.clear();
      }
      byPosition.keySet().removeIf(rank -> positions.get(rank).compareTo(event.order().text()) < 0);
      return;
    }
    BsonDocument after = document(event, Field.FULL_DOCUMENT);
    int rank = AllKeys.rank(document(event, Field.DOCUMENT_KEY).get("_id"));
    apply(simple, rank, after);
    if (isNew) {
      requireNotOlder(event, rank);
      apply(byId, rank, after);
    }
    String position = event.order().text();
    if (position.compareTo(positions.getOrDefault(rank, "")) > 0) {
      positions.put(rank, position);
      apply(byPosition, rank, after);
    }
  }

  private static BsonDocument document(ChangeEvent event, Field field) {
    if (!event.has(field)) {
      return null;
    }
    int at = event.offset(field);
    return new RawBsonDocument(event.bytes(), at, size(event, at)).decode(new BsonDocumentCodec());
  }

  private static int size(ChangeEvent event, int at) {
    return java.nio.ByteBuffer.wrap(event.bytes())
        .order(java.nio.ByteOrder.LITTLE_ENDIAN)
        .getInt(at);
  }

  private static void apply(Map<Integer, BsonDocument> copy, int rank, BsonDocument after) {
    if (after == null) {
      copy.remove(rank);
    } else {
      copy.put(rank, after);
    }
  }

  /** At each first delivery: never a state from before the one that it has shown already. */
  private void requireNotOlder(ChangeEvent event, int rank) {
    long time = event.int64(Field.CLUSTER_TIME);
    assertThat(Long.compareUnsigned(time, shown.getOrDefault(rank, 0L)))
        .as("the document of rank %s goes back in time by %s", rank, event)
        .isGreaterThanOrEqualTo(0);
    shown.put(rank, time);
  }

  private void told(SnapshotNotice notice) {
    switch (notice.kind()) {
      case COMPLETED -> {
        whole = true;
        String from = notice.from().text();
        byPosition.keySet().removeIf(rank -> positions.get(rank).compareTo(from) < 0);
      }
      case ABANDONED -> abandoned = true;
      default -> {}
    }
  }

  boolean hasAll() {
    return whole || abandoned;
  }

  void requireExact() {
    TreeMap<Integer, BsonDocument> state = server.state();
    assertThat(simple).as("applying everything").isEqualTo(state);
    assertThat(byId).as("applying what is new by its id").isEqualTo(state);
    if (whole || abandoned) {
      assertThat(byPosition).as("applying what is newer by its position").isEqualTo(state);
    }
  }
}
