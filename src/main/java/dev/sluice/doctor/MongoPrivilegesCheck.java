package dev.sluice.doctor;

import dev.sluice.config.CaptureSettings;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Scope;
import dev.sluice.config.SnapshotSettings;
import dev.sluice.mongo.Grants;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Mono;

/** Whether the MongoDB user may do what docs/PRIVILEGES.md says that these settings need. */
record MongoPrivilegesCheck(
    Mono<Grants> grants, CaptureSettings capture, SnapshotSettings.Mode snapshot) implements Check {
  /**
   * A privilege that is needed.
   *
   * @param database empty for every one
   * @param collection empty for every one
   * @param without what does not work without it; empty if nothing works then
   */
  record Need(String action, String database, String collection, String without) {
    boolean isOptional() {
      return !without.isEmpty();
    }

    @Override
    public String toString() {
      String where =
          database.isEmpty()
              ? "every database"
              : collection.isEmpty() ? "the database " + database : database + "." + collection;
      return action + " on " + where + (without.isEmpty() ? "" : ": without it, " + without);
    }
  }

  @Override
  public String name() {
    return "mongodb privileges";
  }

  @Override
  public Mono<Finding> look() {
    return grants.map(this::judge);
  }

  private Finding judge(Grants found) {
    if (found.users().isEmpty()) {
      return ok("nobody is logged in, so there is nothing to compare: what is refused shows below");
    }
    List<Need> needs = needs();
    List<Need> missing =
        needs.stream()
            .filter(need -> !found.allow(need.action(), need.database(), need.collection()))
            .toList();
    List<String> details = missing.stream().map(Need::toString).toList();
    if (missing.isEmpty()) {
      return ok("all " + needs.size() + " that these settings need are granted");
    }
    String sentence =
        missing.size()
            + " of "
            + needs.size()
            + " are missing: grant what follows, or the roles in docs/PRIVILEGES.md";
    return missing.stream().allMatch(Need::isOptional)
        ? warning(sentence, details)
        : failure(sentence, details);
  }

  List<Need> needs() {
    Set<Need> needs = new LinkedHashSet<>();
    Scope scope = capture.scope();
    String database = scope.database().orElse("");
    String collection = scope.only().flatMap(NamespacePattern::collectionName).orElse("");
    need(needs, database, collection, "", "changeStream", "find");
    if (capture.view().hasOldImage()) {
      need(needs, database, "", "", "listCollections");
      if (capture.enableImages()) {
        need(needs, database, collection, "", "collMod");
      }
    }
    if (snapshot != SnapshotSettings.Mode.NEVER && !isExact(scope)) {
      need(needs, database, "", "", "listCollections");
    }
    need(needs, "sluice", "checkpoints", "", "find", "insert", "update");
    need(needs, "sluice", "requests", "snapshots on demand do not work", "find", "update");
    need(
        needs,
        "local",
        "oplog.rs",
        "nobody is warned before the position falls off the oplog",
        "find");
    return new ArrayList<>(needs);
  }

  private static boolean isExact(Scope scope) {
    return scope.included().stream().allMatch(NamespacePattern::isExact);
  }

  private static void need(
      Set<Need> needs, String database, String collection, String without, String... actions) {
    for (String action : actions) {
      needs.add(new Need(action, database, collection, without));
    }
  }
}
