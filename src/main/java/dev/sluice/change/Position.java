package dev.sluice.change;

import java.util.Objects;
import java.util.Optional;
import org.bson.BsonTimestamp;

/** Where a change stream starts. */
public sealed interface Position {
  /** The cluster time, as far as it can be told; for estimates and sentences. */
  Optional<BsonTimestamp> clusterTime();

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
}
