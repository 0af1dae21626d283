package dev.sluice.pipeline;

import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.config.WrongSettings;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.regex.Pattern;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Mono;

/** Where somebody wants a stream to begin, in words that need the log to become a position. */
public sealed interface StartPoint {
  /** What is written from now on. */
  record Now() implements StartPoint {}

  /** The oldest entry that the log still has. */
  record Earliest() implements StartPoint {}

  /** A time or a token. */
  record Exactly(Position position) implements StartPoint {}

  /**
   * A primary writes something every ten seconds, so the log's newest entry is never much older:
   * what is further ahead of it lies in the future.
   */
  long FUTURE_SECONDS = 60;

  /** A sortable key begins with the timestamp's type and its eight bytes. */
  Pattern TOKEN = Pattern.compile("82[0-9A-Fa-f]{16}(?:[0-9A-Fa-f]{2})*");

  /**
   * Reads {@code now}, {@code earliest}, a time as {@code 2026-11-20T10:00:00Z} or {@code
   * token:<hex>}.
   *
   * @throws IllegalArgumentException with a sentence, if it is nothing of these
   */
  static StartPoint parse(String text) {
    return switch (text) {
      case "now" -> new Now();
      case "earliest" -> new Earliest();
      default -> new Exactly(position(text));
    };
  }

  private static Position position(String text) {
    if (text.startsWith("token:") && TOKEN.matcher(text.substring(6)).matches()) {
      return new Position.After(
          ResumeToken.of(new BsonDocument("_data", new BsonString(text.substring(6)))));
    }
    try {
      long seconds = Instant.parse(text).getEpochSecond();
      if (seconds > 0 && seconds >>> Integer.SIZE == 0) {
        return new Position.At(new BsonTimestamp((int) seconds, 0));
      }
    } catch (DateTimeParseException e) {
      // Said below.
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is not now, earliest, a time as 2026-11-20T10:00:00Z, or token:<hex>");
  }

  /** Whether it is a moment, and not an event or the beginning of the log. */
  default boolean isMoment() {
    return this instanceof Now
        || this instanceof Exactly exactly && exactly.position() instanceof Position.At;
  }

  /**
   * The position that it stands for, as long as the log has it. Cold. Fails with a {@link
   * PipelineException}, of kind {@code POSITION_LOST} if the log begins later, and with {@link
   * WrongSettings} if it lies in the future.
   */
  default Mono<Position> find(ChangeSource source) {
    if (this instanceof Exactly exactly) {
      return reachable(exactly.position(), source).thenReturn(exactly.position());
    }
    return this instanceof Earliest
        ? source
            .logWindow()
            .<Position>map(log -> new Position.At(log.oldest()))
            .switchIfEmpty(Mono.error(StartPoint::unreadable))
        : source.now().map(StartPoint::justAfter);
  }

  private static PipelineException unreadable() {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "Where the oplog begins cannot be read: allow find on local.oplog.rs, or name a time (a"
            + " sharded cluster has no one beginning)");
  }

  private static Position.At justAfter(BsonTimestamp newest) {
    return new Position.At(new BsonTimestamp(newest.getTime(), newest.getInc() + 1));
  }

  private static Mono<Void> reachable(Position position, ChangeSource source) {
    return Mono.justOrEmpty(position.clusterTime())
        .flatMap(
            time ->
                source
                    .now()
                    .doOnNext(now -> requirePast(time, now))
                    .then(source.logWindow())
                    .doOnNext(log -> requireThere(time, log)))
        .then();
  }

  private static void requirePast(BsonTimestamp time, BsonTimestamp now) {
    if (seconds(time) > seconds(now) + FUTURE_SECONDS) {
      throw WrongSettings.of(
          "The position is of "
              + instant(time)
              + ", which is in the future: the newest operation is of "
              + instant(now)
              + ".");
    }
  }

  private static void requireThere(BsonTimestamp time, LogWindow log) {
    if (time.compareTo(log.oldest()) < 0) {
      throw new PipelineException(
          FailureKind.POSITION_LOST,
          "The position is of "
              + instant(time)
              + ", and the oplog begins at "
              + instant(log.oldest())
              + ": \"earliest\" begins there");
    }
  }

  private static Instant instant(BsonTimestamp time) {
    return Instant.ofEpochSecond(seconds(time));
  }

  private static long seconds(BsonTimestamp time) {
    return Integer.toUnsignedLong(time.getTime());
  }
}
