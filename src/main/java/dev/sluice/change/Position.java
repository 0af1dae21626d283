package dev.sluice.change;

import java.util.Objects;
import org.bson.BsonTimestamp;

/** Where a change stream starts. */
public sealed interface Position {
  /** Behind the event, or the moment, that a token stands for. */
  record After(ResumeToken token) implements Position {
    public After {
      Objects.requireNonNull(token, "token");
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
    public String toString() {
      return "cluster time " + time.getTime() + "." + time.getInc();
    }
  }
}
