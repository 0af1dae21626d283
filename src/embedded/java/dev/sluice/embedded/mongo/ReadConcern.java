package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.BsonTimestamp;
import de.bwaldvogel.mongo.bson.Document;
import java.util.Optional;
import java.util.Set;

/**
 * What a read outside a transaction asks for: how sure, and as of when. The texts and codes are
 * those of the server's {@code read_concern_args.cpp} and {@code read_concern_mongod.cpp}.
 *
 * @param level as the client gave it; "local" if it gave none
 * @param at the time to read at; present with the level "snapshot", and chosen by the server if the
 *     client names none
 */
record ReadConcern(String level, Optional<OpTime> at) {

  private static final String SNAPSHOT = "snapshot";
  private static final Set<String> LEVELS =
      Set.of("local", "available", "majority", "linearizable", SNAPSHOT);
  private static final Set<String> SNAPSHOT_COMMANDS = Set.of("find", "aggregate", "distinct");
  private static final ReadConcern LOCAL = new ReadConcern("local", Optional.empty());

  /** In a transaction its own reading holds, and this says nothing. */
  static ReadConcern of(Invocation call, ServerVersion version, OpTime now) {
    Document asked = call.document("readConcern", null);
    if (asked == null || call.body().containsKey("autocommit")) {
      return LOCAL;
    }
    String level = asked.get("level") instanceof String text ? text : "local";
    if (!LEVELS.contains(level)) {
      throw ServerError.failedToParse(
          "readConcern.level must be either 'local', 'majority', 'linearizable', 'available', or"
              + " 'snapshot'");
    }
    Optional<OpTime> after = time(asked, "afterClusterTime", now);
    Optional<OpTime> at = time(asked, "atClusterTime", now);
    if (after.isPresent() && at.isPresent()) {
      throw invalid("Can not specify both afterClusterTime and atClusterTime");
    }
    if (!level.equals(SNAPSHOT)) {
      if (at.isPresent()) {
        throw invalid("readConcern.atClusterTime needs the level 'snapshot'");
      }
      return new ReadConcern(level, Optional.empty());
    }
    requireSnapshots(call, version);
    return new ReadConcern(level, Optional.of(at.orElse(now)));
  }

  /** As 4.2 has it in {@code service_entry_point_common.cpp}, and later ones of other commands. */
  private static void requireSnapshots(Invocation call, ServerVersion version) {
    if (!version.readsSnapshots()) {
      throw invalid("readConcern level snapshot is only valid for the first transaction operation");
    }
    if (!SNAPSHOT_COMMANDS.contains(call.command())) {
      throw invalid("Command " + call.command() + " does not support readConcern level snapshot");
    }
  }

  private static Optional<OpTime> time(Document asked, String name, OpTime now) {
    Object value = asked.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof BsonTimestamp timestamp)) {
      throw ServerError.typeMismatch("readConcern." + name + " must be a timestamp");
    }
    OpTime time = OpTime.of(timestamp);
    if (time.isAfter(now)) {
      throw invalid(
          "readConcern "
              + name
              + " value must not be greater than the current clusterTime. Requested clusterTime: "
              + time.text()
              + "; current clusterTime: "
              + now.text());
    }
    return Optional.of(time);
  }

  private static ServerError invalid(String message) {
    return new ServerError(72, "InvalidOptions", message);
  }
}
