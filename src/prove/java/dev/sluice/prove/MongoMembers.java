package dev.sluice.prove;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.ReadPreference;
import com.mongodb.ServerAddress;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.connection.ClusterConnectionMode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/** The members of a replica set, each reached by itself for what is said to it alone. */
final class MongoMembers {
  private static final int PATIENCE_SECONDS = 3;

  private final MongoClient client;
  private final ConnectionString uri;
  private final List<String> hosts;

  /**
   * @param client of the whole set, not closed here
   * @param uri of the set, for the credentials and options that each member wants as well
   */
  MongoMembers(MongoClient client, String uri) {
    this.client = client;
    this.uri = new ConnectionString(uri);
    this.hosts = hello().getList("hosts", String.class);
  }

  /** By its older name, which every release still knows. */
  private Document hello() {
    return client
        .getDatabase("admin")
        .runCommand(new Document("isMaster", 1), ReadPreference.primary());
  }

  /** Waits for a primary, and gives the port it has. */
  int primaryPort() {
    String primary = hello().getString("primary");
    return Integer.parseInt(primary.substring(primary.lastIndexOf(':') + 1));
  }

  /** Asks the primary. */
  Document onPrimary(Document command) {
    return client.getDatabase("admin").runCommand(command, ReadPreference.primary());
  }

  /** Asks a member that is not the primary. */
  Document onSecondary(Document command) {
    String primary = hello().getString("primary");
    String other = hosts.stream().filter(host -> !host.equals(primary)).findFirst().orElseThrow();
    return on(other, command);
  }

  /** Tells every member, because nobody knows which will be the primary next. */
  void onEach(Document command) {
    hosts.forEach(host -> on(host, command));
  }

  private Document on(String host, Document command) {
    MongoClientSettings alone =
        MongoClientSettings.builder()
            .applyConnectionString(uri)
            .applyToClusterSettings(
                cluster ->
                    cluster
                        .hosts(List.of(new ServerAddress(host)))
                        .mode(ClusterConnectionMode.SINGLE)
                        .serverSelectionTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS))
            .applyToSocketSettings(socket -> socket.readTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS))
            .build();
    try (MongoClient one = MongoClients.create(alone)) {
      return one.getDatabase("admin").runCommand(command);
    }
  }
}
