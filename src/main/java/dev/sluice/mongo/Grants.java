package dev.sluice.mongo;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonString;

/**
 * Who is logged in and what he may do, as {@code connectionStatus} with {@code showPrivileges} says
 * it (manual: connectionStatus, Resource Document).
 *
 * @param users each as {@code name@database}; empty where nobody is logged in
 */
public record Grants(List<String> users, List<Privilege> privileges) {
  /** What {@code { db: "", collection: "" }} leaves out, whatever it says. */
  private static final Set<String> OWN_DATABASES = Set.of("local", "config");

  /** Some actions on some resource. */
  public record Privilege(BsonDocument resource, Set<String> actions) {
    public Privilege {
      actions = Set.copyOf(actions);
    }

    private boolean isFor(String database, String collection) {
      if (resource.getBoolean("anyResource", BsonBoolean.FALSE).getValue()) {
        return true;
      }
      if (!resource.isString("db") || !resource.isString("collection")) {
        return false;
      }
      String itsDatabase = resource.getString("db").getValue();
      String itsCollection = resource.getString("collection").getValue();
      boolean everywhere = itsDatabase.isEmpty();
      return (everywhere ? !OWN_DATABASES.contains(database) : itsDatabase.equals(database))
          && (itsCollection.isEmpty() || itsCollection.equals(collection));
    }
  }

  public Grants {
    users = List.copyOf(users);
    privileges = List.copyOf(privileges);
  }

  /** From the reply to the command. */
  public static Grants of(BsonDocument reply) {
    BsonDocument info = reply.getDocument("authInfo");
    List<String> users = new ArrayList<>();
    for (var user : info.getArray("authenticatedUsers", new BsonArray())) {
      users.add(text(user.asDocument(), "user") + "@" + text(user.asDocument(), "db"));
    }
    List<Privilege> privileges = new ArrayList<>();
    for (var each : info.getArray("authenticatedUserPrivileges", new BsonArray())) {
      Set<String> actions = new HashSet<>();
      each.asDocument()
          .getArray("actions")
          .forEach(action -> actions.add(action.asString().getValue()));
      privileges.add(new Privilege(each.asDocument().getDocument("resource"), actions));
    }
    return new Grants(users, privileges);
  }

  private static String text(BsonDocument document, String field) {
    return document.getString(field, new BsonString("")).getValue();
  }

  /**
   * Whether the action is allowed there.
   *
   * @param database empty for every database
   * @param collection empty for every collection
   */
  public boolean allow(String action, String database, String collection) {
    return privileges.stream()
        .anyMatch(
            privilege ->
                privilege.actions().contains(action) && privilege.isFor(database, collection));
  }
}
