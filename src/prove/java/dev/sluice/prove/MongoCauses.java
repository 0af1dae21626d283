package dev.sluice.prove;

import com.mongodb.MongoCommandException;
import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.testing.MongodReplicaSet;
import java.util.List;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import org.bson.Document;

/** The faults of the replica set. */
final class MongoCauses {
  /** The name by which Sluice introduces itself: only its commands are to fail. */
  private static final String SLUICE = "sluice";

  /** All that issue an end of the stream which must be resumed. */
  private static final List<Integer> GETMORE_CODES =
      List.of(11600, 91, 189, 10107, 6, 7, 89, 43, 262);

  /** Shutting down, no longer primary, interrupted: what a write meets in an election. */
  private static final List<Integer> WRITE_CODES = List.of(91, 189, 11602);

  private static final int NOT_PRIMARY = 10107;
  private static final int SECONDS_WITHOUT_OFFICE = 5;

  private static final Document OFF =
      new Document("configureFailPoint", "failCommand").append("mode", "off");

  private final MongoMembers members;

  private MongoCauses(MongoMembers members) {
    this.members = members;
  }

  /**
   * @param client for commands, while the run lasts
   */
  static void add(Causes causes, Site site, MongoClient client) {
    MongoCauses own = new MongoCauses(new MongoMembers(client, site.mongo().uri()));
    own.byCommand(causes);
    if (site.mongo().embedded().isPresent()) {
      own.ofEmbedded(causes, site.mongo().embedded().get());
    } else if (site.mongo().processes().isPresent()) {
      MongodReplicaSet set = site.mongo().processes().get();
      own.byKilling(
          causes, set::kill, set::start, () -> set.ports().indexOf(own.members.primaryPort()));
    } else {
      causes.cannot(
          "needs members of this run's own (a mongod on the path)",
          FaultKind.PRIMARY_KILLED,
          FaultKind.NO_PRIMARY,
          FaultKind.ALL_NODES_RESTARTED);
    }
    if (site.mongo().embedded().isEmpty()) {
      causes.cannot(
          "members are reached under their own names, so no proxy can stand between",
          FaultKind.MONGO_NETWORK_CUT);
    }
  }

  private void byCommand(Causes causes) {
    if (mayStepDown()) {
      causes.can(FaultKind.STEP_DOWN, random -> stepDown());
    } else {
      causes.cannot("replSetStepDown is not allowed there", FaultKind.STEP_DOWN);
    }
    if (hasFailPoints()) {
      causes.can(FaultKind.CONNECTIONS_DROPPED, random -> dropConnections());
      causes.can(FaultKind.GETMORE_ERROR, this::failGetMore);
      causes.can(FaultKind.CHECKPOINT_WRITE_ERROR, this::failCheckpoints);
    } else {
      causes.cannot(
          "needs configureFailPoint (setParameter enableTestCommands=1)",
          FaultKind.CONNECTIONS_DROPPED,
          FaultKind.GETMORE_ERROR,
          FaultKind.CHECKPOINT_WRITE_ERROR);
    }
  }

  private void ofEmbedded(Causes causes, EmbeddedReplicaSet set) {
    byKilling(
        causes, set.faults()::kill, set.faults()::start, () -> Math.max(0, set.faults().primary()));
    causes.can(
        FaultKind.CONNECTIONS_DROPPED,
        random -> {
          set.faults().dropConnections();
          return Cause.Struck.once("");
        });
    causes.can(
        FaultKind.MONGO_NETWORK_CUT,
        random ->
            new Cause.Struck(
                "", set.faults().partition(Math.max(0, set.faults().primary()))::close));
  }

  private void byKilling(Causes causes, IntConsumer kill, IntConsumer start, IntSupplier primary) {
    causes.can(FaultKind.PRIMARY_KILLED, random -> kill(List.of(primary.getAsInt()), kill, start));
    causes.can(
        FaultKind.NO_PRIMARY,
        random -> {
          int first = primary.getAsInt();
          return kill(List.of(first, (first + 1) % 3), kill, start);
        });
    causes.can(FaultKind.ALL_NODES_RESTARTED, random -> kill(List.of(0, 1, 2), kill, start));
  }

  private static Cause.Struck kill(List<Integer> victims, IntConsumer kill, IntConsumer start)
      throws Exception {
    return Cause.Struck.until(
        "", () -> victims.forEach(kill::accept), () -> victims.forEach(start::accept));
  }

  /** A secondary refuses to step down for what it is, unless it refuses us altogether. */
  private boolean mayStepDown() {
    try {
      members.onSecondary(new Document("replSetStepDown", SECONDS_WITHOUT_OFFICE));
      return true;
    } catch (MongoCommandException refused) {
      return refused.getErrorCode() == NOT_PRIMARY;
    } catch (MongoException unreachable) {
      return false;
    }
  }

  private Cause.Struck stepDown() {
    members.onPrimary(
        new Document("replSetStepDown", SECONDS_WITHOUT_OFFICE)
            .append("secondaryCatchUpPeriodSecs", SECONDS_WITHOUT_OFFICE - 1));
    return Cause.Struck.once("");
  }

  private boolean hasFailPoints() {
    try {
      members.onEach(OFF);
      return true;
    } catch (MongoException refused) {
      return false;
    }
  }

  private Cause.Struck dropConnections() throws Exception {
    return fail(
        "",
        new Document("times", 3),
        new Document("failCommands", List.of("getMore", "insert", "update"))
            .append("closeConnection", true));
  }

  private Cause.Struck failGetMore(Random random) throws Exception {
    int code = GETMORE_CODES.get(random.nextInt(GETMORE_CODES.size()));
    int times = 1 + random.nextInt(3);
    return fail(
        "code " + code + ", times " + times,
        new Document("times", times),
        new Document("failCommands", List.of("getMore"))
            .append("errorCode", code)
            .append("appName", SLUICE));
  }

  private Cause.Struck failCheckpoints(Random random) throws Exception {
    int code = WRITE_CODES.get(random.nextInt(WRITE_CODES.size()));
    return fail(
        "code " + code,
        "alwaysOn",
        new Document("failCommands", List.of("update", "findAndModify"))
            .append("errorCode", code)
            .append("appName", SLUICE));
  }

  private Cause.Struck fail(String detail, Object mode, Document data) throws Exception {
    members.onEach(
        new Document("configureFailPoint", "failCommand")
            .append("mode", mode)
            .append("data", data));
    return new Cause.Struck(detail, () -> members.onEach(OFF));
  }
}
