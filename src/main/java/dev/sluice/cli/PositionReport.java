package dev.sluice.cli;

import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.StoredPosition;
import dev.sluice.snapshot.KeyRange;
import dev.sluice.snapshot.SnapshotProgress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonNull;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.BsonValue;

/**
 * What is to be said of a saved position.
 *
 * @param newest the time of the newest operation
 * @param log how far it reaches back; empty if it may not be read
 */
record PositionReport(
    String pipeline, StoredPosition stored, BsonTimestamp newest, Optional<LogWindow> log) {

  /** The position as {@code --from} takes it. */
  static String text(Position position) {
    if (position.stream() instanceof Position.After after) {
      BsonDocument token = after.token().toBson();
      return token.isString("_data")
          ? "behind token:" + token.getString("_data").getValue()
          : "behind a token of another form";
    }
    BsonTimestamp time = ((Position.At) position.stream()).time();
    return "at " + instant(time) + " (" + time.getTime() + "." + time.getInc() + ")";
  }

  /** A line for each fact. */
  String text() {
    List<String> lines = new ArrayList<>();
    lines.add("pipeline   " + pipeline);
    lines.add("source     " + stored.source());
    lines.add("position   " + stored.position().map(PositionReport::text).orElse("none"));
    time().ifPresent(time -> lines.add("of         " + instant(time)));
    stored
        .savedAt()
        .ifPresent(at -> lines.add("saved      " + at + ", " + seconds(age(at)) + " ago"));
    behind().ifPresent(by -> lines.add("behind     the end of the oplog by " + seconds(by)));
    left()
        .ifPresent(
            by ->
                lines.add(
                    by.isNegative()
                        ? "LOST       the oplog begins " + seconds(by.negated()) + " later"
                        : "ahead      of the oldest entry of the oplog by " + seconds(by)));
    snapshot().ifPresent(progress -> lines.add("snapshot   " + text(progress)));
    lines.add("run by     " + stored.runBy().orElse("nobody"));
    return String.join(System.lineSeparator(), lines);
  }

  /** The same as one document; what is not known is null. */
  String json() {
    return new BsonDocument("pipeline", new BsonString(pipeline))
        .append("source", new BsonString(stored.source()))
        .append("position", string(stored.position().map(PositionReport::text)))
        .append("clusterTime", string(time().map(time -> instant(time).toString())))
        .append("savedAt", string(stored.savedAt().map(Instant::toString)))
        .append("ageSeconds", number(stored.savedAt().map(this::age)))
        .append("behindEndSeconds", number(behind()))
        .append("aheadOfOldestSeconds", number(left()))
        .append("snapshot", string(snapshot().map(PositionReport::text)))
        .append("runBy", string(stored.runBy()))
        .toJson();
  }

  private Optional<SnapshotProgress> snapshot() {
    return stored
        .position()
        .map(Position::snapshot)
        .filter(kept -> !kept.isEmpty())
        .map(SnapshotProgress::of);
  }

  private static String text(SnapshotProgress progress) {
    long collections = progress.left().stream().map(KeyRange::namespace).distinct().count();
    return progress.id()
        + ": "
        + progress.documents()
        + " documents published, "
        + collections
        + " of "
        + progress.namespaces().size()
        + " collections not read to their end";
  }

  private Optional<BsonTimestamp> time() {
    return stored.position().flatMap(Position::clusterTime);
  }

  private Duration age(Instant savedAt) {
    return Duration.between(savedAt, stored.now());
  }

  private Optional<Duration> behind() {
    return time()
        .map(time -> Duration.between(instant(time), instant(newest)))
        .map(by -> by.isNegative() ? Duration.ZERO : by);
  }

  private Optional<Duration> left() {
    return time().flatMap(time -> log.map(window -> window.left(time)));
  }

  private static Instant instant(BsonTimestamp time) {
    return Instant.ofEpochSecond(Integer.toUnsignedLong(time.getTime()));
  }

  private static String seconds(Duration duration) {
    return duration.toSeconds() + " s";
  }

  private static BsonValue string(Optional<String> text) {
    return text.<BsonValue>map(BsonString::new).orElse(BsonNull.VALUE);
  }

  private static BsonValue number(Optional<Duration> duration) {
    return duration.<BsonValue>map(by -> new BsonInt64(by.toSeconds())).orElse(BsonNull.VALUE);
  }
}
