package dev.sluice.change;

import java.util.Objects;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;

/** Where a change stream starts. */
public sealed interface Position {
  /** What is kept of a snapshot where there is none. */
  BsonDocument NO_SNAPSHOT = new BsonDocument();

  /** The cluster time, as far as it can be told; for estimates and sentences. */
  Optional<BsonTimestamp> clusterTime();

  /** Where the stream itself goes on: this, without what is kept beside it. */
  default Position stream() {
    return this;
  }

  /** How far a snapshot is that runs beside the stream; empty if none does. */
  default BsonDocument snapshot() {
    return NO_SNAPSHOT;
  }

  /**
   * A position of a stream with what is kept of a snapshot beside it.
   *
   * @param snapshot empty for none
   */
  static Position of(Position stream, BsonDocument snapshot) {
    return snapshot.isEmpty() ? stream.stream() : new WithSnapshot(stream.stream(), snapshot);
  }

  /** Behind the event, or the moment, that a token stands for. */
  record After(ResumeToken token) implements Position {
    public After {
      Objects.requireNonNull(token, "token");
    }

    @Override
    public Optional<BsonTimestamp> clusterTime() {
      return token.clusterTime();
    }

    @Override
    public String toString() {
      return "behind token " + token;
    }
  }

  /** At a cluster time: the first event is the first one not older than it. */
  record At(BsonTimestamp time) implements Position {
    public At {
      Objects.requireNonNull(time, "time");
    }

    @Override
    public Optional<BsonTimestamp> clusterTime() {
      return Optional.of(time);
    }

    @Override
    public String toString() {
      return "cluster time " + time.getTime() + "." + time.getInc();
    }
  }

  /**
   * Amid a snapshot, which goes on from where it is while the stream goes on from its own position.
   *
   * @param stream one of the two others
   * @param snapshot how far the snapshot is, as whoever takes it reads it; empty where this says
   *     that it is over. Not to be written to
   */
  record WithSnapshot(Position stream, BsonDocument snapshot) implements Position {
    public WithSnapshot {
      Objects.requireNonNull(snapshot, "snapshot");
      if (stream instanceof WithSnapshot) {
        throw new IllegalArgumentException("a snapshot beside a snapshot");
      }
    }

    @Override
    public Optional<BsonTimestamp> clusterTime() {
      return stream.clusterTime();
    }

    @Override
    public String toString() {
      return stream + ", amid a snapshot";
    }
  }
}
