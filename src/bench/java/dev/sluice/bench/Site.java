package dev.sluice.bench;

import com.mongodb.client.MongoCollection;
import dev.sluice.testing.TestRabbit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;

/** The names of one backlog or live run at MongoDB, and what each kind of contender is told. */
final class Site {
  static final String COLLECTION = "games";

  /** Documents that are inserted at a time. */
  private static final int BATCH = 1_000;

  private final BenchServers servers;
  private final String name = TestRabbit.freshName("bench");

  Site(BenchServers servers) {
    this.servers = servers;
  }

  String database() {
    return name;
  }

  String pipeline() {
    return name;
  }

  BenchServers servers() {
    return servers;
  }

  /** Inserts documents of consecutive numbers. */
  void insert(Load load, int from, int count) {
    MongoCollection<BsonDocument> collection =
        servers.client().getDatabase(name).getCollection(COLLECTION, BsonDocument.class);
    BenchDocuments documents = new BenchDocuments(load.sizeBytes());
    for (int first = 0; first < count; first += BATCH) {
      List<BsonDocument> some = new ArrayList<>(BATCH);
      for (int i = first; i < Math.min(count, first + BATCH); i++) {
        some.add(documents.next(from + i));
      }
      collection.insertMany(some);
    }
  }

  /** The settings of Sluice: the defaults, but for names and what the load says. */
  Map<String, String> forSluice(Lane lane, Load load) {
    return forSluice(lane, load, lane.queueType());
  }

  /** The same for each partition; of one that is not divided, for the one there is. */
  List<Map<String, String>> forPartitions(Lane lane, Load load) {
    List<Map<String, String>> all = new ArrayList<>();
    for (int i = 0; i < load.partitions(); i++) {
      Map<String, String> environment = forSluice(lane, load);
      if (load.partitions() > 1) {
        environment.put("SLUICE_PARTITION", i + "/" + load.partitions());
      }
      all.add(environment);
    }
    return all;
  }

  /** The same by the stream protocol. */
  Map<String, String> forStream(Lane lane, Load load) {
    Map<String, String> environment = forSluice(lane, load, Load.STREAM);
    environment.put("SLUICE_TARGET", Load.STREAM);
    environment.put("SLUICE_STREAM_PORT", Integer.toString(servers.streamPort().orElseThrow()));
    return environment;
  }

  private Map<String, String> forSluice(Lane lane, Load load, String queueType) {
    Map<String, String> environment = new HashMap<>();
    environment.put("MONGO_DATABASE_HOST", servers.mongoUri());
    environment.put("MONGO_DATABASE_NAME", name);
    environment.put("RABBITMQ_URI", servers.rabbit().uri());
    environment.put("SLUICE_COLLECTION", COLLECTION);
    environment.put("SLUICE_PIPELINE", name);
    environment.put("SLUICE_EXCHANGE", lane.name());
    environment.put("SLUICE_QUEUE", lane.name());
    environment.put("SLUICE_QUEUE_TYPE", queueType);
    environment.put("SLUICE_MAX_IN_FLIGHT", Integer.toString(load.window()));
    environment.put("SLUICE_LANES", Integer.toString(load.lanes()));
    environment.putAll(load.settings());
    return environment;
  }

  /** The same for the loops and the Python script. */
  Map<String, String> forLoops(Lane lane, Load load, BsonTimestamp from, int events) {
    Map<String, String> environment = new HashMap<>();
    environment.put("BENCH_MONGODB", servers.mongoUri());
    environment.put("BENCH_DATABASE", name);
    environment.put("BENCH_COLLECTION", COLLECTION);
    environment.put("BENCH_FROM", Long.toString(from.getValue()));
    environment.put("BENCH_AMQP", servers.rabbit().uri());
    environment.put("BENCH_STREAM_PORT", Integer.toString(servers.streamPort().orElse(0)));
    environment.put("BENCH_EXCHANGE", lane.name());
    environment.put("BENCH_KEY", name + "." + COLLECTION + ".insert");
    environment.put("BENCH_EVENTS", Integer.toString(events));
    environment.put("BENCH_WINDOW", Integer.toString(load.window()));
    environment.put("BENCH_WINDOW_BYTES", Long.toString(Load.WINDOW_BYTES));
    environment.put("BENCH_BATCH", Integer.toString(Load.BATCH));
    environment.put("BENCH_HEADERS", load.settings().getOrDefault("SLUICE_HEADERS", "all"));
    environment.put("BENCH_SIZE", Integer.toString(load.sizeBytes()));
    return environment;
  }
}
