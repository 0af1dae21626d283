package dev.sluice.target.mongodb;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.TransactionOptions;
import com.mongodb.WriteConcern;
import com.mongodb.connection.ServerDescription;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.sluice.change.Namespace;
import dev.sluice.config.Secret;
import dev.sluice.consume.TargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The servers of the copy, by a client of its own, and transactions on them. For one thread. */
final class Cluster implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Cluster.class);

  /** Less than an election usually takes: the batch is tried again, and that is said meanwhile. */
  private static final int SERVER_SELECTION_SECONDS = 5;

  private static final int CONNECT_SECONDS = 5;

  /** The driver waits for an answer without a limit, also of a server that was cut off silently. */
  private static final int READ_SECONDS = 60;

  private static final int COMMAND_NOT_FOUND = 59;
  private static final int NAMESPACE_EXISTS = 48;

  private static final TransactionOptions DURABLE =
      TransactionOptions.builder()
          .readConcern(ReadConcern.SNAPSHOT)
          .writeConcern(WriteConcern.MAJORITY)
          .readPreference(ReadPreference.primary())
          .build();

  private final MongoClient client;
  private final BsonDocument hello;
  private final List<String> hosts = new ArrayList<>();

  private Cluster(MongoClient client, ConnectionString uri) {
    this.client = client;
    this.hello = hello();
    requireTransactions(uri);
    uri.getHosts().forEach(host -> hosts.add(withPort(host)));
    if (hello.isArray("hosts")) {
      hello.getArray("hosts").forEach(host -> hosts.add(withPort(host.asString().getValue())));
    }
  }

  /** Sees that the servers are there and can be used; throws what the driver does. */
  static Cluster open(Secret uriText, Optional<SSLContext> tls) {
    ConnectionString uri = new ConnectionString(uriText.reveal());
    MongoClient client =
        MongoClients.create(
            MongoClientSettings.builder()
                .applicationName("sluice")
                .applyToClusterSettings(
                    cluster ->
                        cluster.serverSelectionTimeout(SERVER_SELECTION_SECONDS, TimeUnit.SECONDS))
                .applyToSocketSettings(
                    socket ->
                        socket
                            .connectTimeout(CONNECT_SECONDS, TimeUnit.SECONDS)
                            .readTimeout(READ_SECONDS, TimeUnit.SECONDS))
                // Behind what is set here, so that the URI wins ...
                .applyConnectionString(uri)
                // ... but for this: nothing that it says makes the copy less safe.
                .applyToSslSettings(
                    ssl -> {
                      tls.ifPresent(context -> ssl.enabled(true).context(context));
                      ssl.invalidHostNameAllowed(false);
                    })
                .readPreference(ReadPreference.primary())
                .readConcern(ReadConcern.DEFAULT)
                .writeConcern(WriteConcern.MAJORITY)
                .build());
    try {
      return new Cluster(client, uri);
    } catch (MongoTimeoutException e) {
      RuntimeException why = why(client, e);
      client.close();
      throw why;
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  /** What has kept the driver from one of the servers, in the place of having found none. */
  private static RuntimeException why(MongoClient client, MongoTimeoutException none) {
    return client.getClusterDescription().getServerDescriptions().stream()
        .map(ServerDescription::getException)
        .filter(RuntimeException.class::isInstance)
        .map(RuntimeException.class::cast)
        .findFirst()
        .orElse(none);
  }

  private BsonDocument hello() {
    try {
      return runOnAdmin("hello");
    } catch (MongoCommandException e) {
      // Servers before 4.4.2 do not know the newer name.
      if (e.getErrorCode() == COMMAND_NOT_FOUND) {
        return runOnAdmin("isMaster");
      }
      throw e;
    }
  }

  private BsonDocument runOnAdmin(String command) {
    return Answers.of(
        client
            .getDatabase("admin")
            .runCommand(new BsonDocument(command, new BsonInt32(1)), BsonDocument.class));
  }

  private void requireTransactions(ConnectionString uri) {
    if (hello.containsKey("msg")) {
      return; // A router of a sharded cluster.
    }
    if (hello.get("isreplicaset", BsonBoolean.FALSE).equals(BsonBoolean.TRUE)) {
      throw TargetException.unusable(
          "The target MongoDB is no replica set yet: initiate it (rs.initiate())");
    }
    if (!hello.isString("setName")) {
      throw TargetException.unusable(
          "The target MongoDB is a standalone, which has no transactions: start it with --replSet and"
              + " initiate it (rs.initiate()); a replica set of one member is enough");
    }
    if (uri.getRequiredReplicaSetName() == null) {
      throw TargetException.unusable(
          "The target's URI does not name the replica set, so a failover would not be followed: add"
              + " replicaSet="
              + hello.getString("setName").getValue()
              + " to its options");
    }
  }

  /**
   * Whether a MongoDB URI is for these very servers, as far as the names of hosts tell. One that
   * cannot be read is for others.
   */
  boolean isAt(Secret uri) {
    try {
      ConnectionString other = new ConnectionString(uri.reveal());
      String set = other.getRequiredReplicaSetName();
      boolean sameName =
          set == null
              || !hello.isString("setName")
              || hello.getString("setName").getValue().equals(set);
      return sameName && other.getHosts().stream().map(Cluster::withPort).anyMatch(hosts::contains);
    } catch (RuntimeException notToBeRead) {
      return false;
    }
  }

  private static String withPort(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.matches(".*:\\d+") ? lower : lower + ":27017";
  }

  MongoCollection<BsonDocument> collection(Namespace namespace) {
    return client
        .getDatabase(namespace.database())
        .getCollection(namespace.collection(), BsonDocument.class);
  }

  /** Before a transaction: up to MongoDB 4.2 none makes a collection. */
  void create(Namespace namespace) {
    MongoDatabase database = client.getDatabase(namespace.database());
    BsonValue name = new BsonString(namespace.collection());
    boolean there =
        !Answers.all(
                database.listCollections(BsonDocument.class).filter(new BsonDocument("name", name)))
            .isEmpty();
    try {
      if (!there) {
        Answers.of(database.createCollection(namespace.collection()));
      }
    } catch (MongoCommandException e) {
      if (e.getErrorCode() != NAMESPACE_EXISTS) {
        throw e;
      }
    }
  }

  /** All that the work does, or nothing of it; a majority has it when this returns. */
  void transaction(Consumer<ClientSession> work) {
    try (ClientSession session = Answers.of(client.startSession())) {
      session.startTransaction(DURABLE);
      boolean done = false;
      try {
        work.accept(session);
        Answers.of(session.commitTransaction());
        done = true;
      } finally {
        if (!done) {
          abort(session);
        }
      }
    }
  }

  /** One that fails too hides nothing: the server ends the transaction by itself. */
  private static void abort(ClientSession session) {
    try {
      Answers.of(session.abortTransaction());
    } catch (RuntimeException e) {
      log.debug("Not aborted", e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
