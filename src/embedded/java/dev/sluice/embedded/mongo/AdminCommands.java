package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What clients and monitors ask of a server besides data: who it is and how it fares. */
final class AdminCommands {

  /** Said wherever a server describes itself, so that nobody takes this one for the real one. */
  static final String NOTICE = "embedded try-out and test server of Sluice; not a real mongod";

  private final Storage storage;
  private final Topology topology;
  private final ServerVersion version;
  private final Supplier<List<ReplicaSetNode>> nodes;
  private final Instant started;

  AdminCommands(
      Storage storage,
      Topology topology,
      ServerVersion version,
      Supplier<List<ReplicaSetNode>> nodes) {
    this.storage = storage;
    this.topology = topology;
    this.version = version;
    this.nodes = nodes;
    this.started = storage.clock().instant();
  }

  void register(Map<String, Command> commands) {
    for (String name :
        List.of("ping", "endSessions", "refreshSessions", "killSessions", "killAllSessions")) {
      commands.put(name, Command.immediate(call -> ok()));
    }
    commands.put("buildInfo", Command.immediate(call -> buildInfo()));
    commands.put("buildinfo", Command.immediate(call -> buildInfo()));
    commands.put("listDatabases", Command.locked(storage, this::listDatabases));
    commands.put("collStats", Command.locked(storage, this::collStats));
    commands.put("dbStats", Command.locked(storage, this::dbStats));
    commands.put("serverStatus", Command.immediate(this::serverStatus));
    commands.put("replSetGetStatus", Command.immediate(this::replSetGetStatus));
    commands.put("replSetInitiate", Command.immediate(call -> replSetInitiate()));
    commands.put("replSetGetConfig", Command.immediate(call -> replSetGetConfig()));
    commands.put("getParameter", Command.immediate(this::getParameter));
    commands.put("getLog", Command.immediate(call -> getLog()));
    commands.put("getCmdLineOpts", Command.immediate(call -> cmdLineOpts()));
    commands.put("hostInfo", Command.immediate(call -> hostInfo()));
    commands.put("connectionStatus", Command.immediate(call -> connectionStatus()));
    commands.put("whatsmyuri", Command.immediate(this::whatsMyUri));
  }

  private static Document ok() {
    return new Document("ok", 1.0);
  }

  private Document buildInfo() {
    return new Document("version", version.text())
        .append("gitVersion", "embedded")
        .append("modules", List.of())
        .append("sysInfo", NOTICE)
        .append("versionArray", version.versionArray())
        .append("bits", 64)
        .append("debug", false)
        .append("maxBsonObjectSize", BsonType.MAX_DOCUMENT_BYTES)
        .append("storageEngines", List.of("embedded"))
        .append("embedded", NOTICE)
        .append("ok", 1.0);
  }

  /** As a set answers that has been initiated; this one always has. */
  private static Document replSetInitiate() {
    throw new ServerError(23, "AlreadyInitialized", "already initialized");
  }

  private Document listDatabases(Invocation call) {
    List<Document> databases = new ArrayList<>();
    List<String> names = new ArrayList<>(storage.catalog().databases());
    for (String own : List.of("admin", "local")) {
      if (!names.contains(own)) {
        names.add(own);
      }
    }
    names.sort(null);
    for (String name : names) {
      Document shown = new Document("name", name);
      if (!call.flag("nameOnly", false)) {
        shown.append("sizeOnDisk", 8192L).append("empty", false);
      }
      databases.add(shown);
    }
    Document reply = new Document("databases", databases);
    if (!call.flag("nameOnly", false)) {
      reply.append("totalSize", 8192L * names.size());
    }
    return reply.append("ok", 1.0);
  }

  private Document collStats(Invocation call) {
    Namespace namespace = call.namespace();
    if (namespace.equals(new Namespace("local", "oplog.rs"))) {
      return oplogStats(namespace);
    }
    var collection = storage.collection(namespace);
    long count = collection.map(found -> found.count()).orElse(0);
    long size = collection.map(found -> estimatedSize(found, count)).orElse(0L);
    return new Document("ns", namespace.toString())
        .append("size", size)
        .append("count", count)
        .append("avgObjSize", count == 0 ? 0L : size / count)
        .append("storageSize", size)
        .append("capped", false)
        .append("nindexes", collection.map(found -> found.getNumIndexes()).orElse(0))
        .append("totalIndexSize", 0L)
        .append("ok", 1.0);
  }

  /** By its first thousand documents: to look at all of them would hold up everybody. */
  private static long estimatedSize(RecordedCollection collection, long count) {
    long average =
        (long)
            collection.ids().places().values().stream()
                .limit(1000)
                .mapToInt(place -> BsonWriter.bytesOf(collection.at(place)).length)
                .average()
                .orElse(0);
    return average * count;
  }

  private Document oplogStats(Namespace namespace) {
    Oplog oplog = storage.oplog();
    return new Document("ns", namespace.toString())
        .append("size", oplog.bytes())
        .append("count", (long) oplog.count())
        .append("storageSize", oplog.bytes())
        .append("capped", true)
        .append("max", (long) oplog.limit().entries())
        .append("maxSize", oplog.limit().bytes())
        .append("ok", 1.0);
  }

  private Document dbStats(Invocation call) {
    List<Namespace> collections = storage.catalog().inDatabase(call.database());
    long objects = 0;
    for (Namespace namespace : collections) {
      objects += storage.collection(namespace).map(found -> found.count()).orElse(0);
    }
    return new Document("db", call.database())
        .append("collections", (long) collections.size())
        .append("objects", objects)
        .append("ok", 1.0);
  }

  private Document serverStatus(Invocation call) {
    Duration uptime = Duration.between(started, storage.clock().instant());
    int connections = nodes.get().stream().mapToInt(node -> node.connections().size()).sum();
    Topology.View view = topology.view();
    Document repl =
        new Document("hosts", view.hosts())
            .append("setName", view.setName())
            .append("setVersion", 1)
            .append("isWritablePrimary", view.primary() == call.node().index())
            .append("me", call.node().host());
    return new Document("host", call.node().host())
        .append("version", version.text())
        .append("process", "mongod")
        .append("embedded", NOTICE)
        .append("pid", ProcessHandle.current().pid())
        .append("uptime", (double) uptime.toSeconds())
        .append("uptimeMillis", uptime.toMillis())
        .append("localTime", storage.clock().instant())
        .append("connections", new Document("current", connections).append("available", 10_000))
        .append(
            "metrics",
            new Document(
                "cursor",
                new Document("open", new Document("total", (long) call.node().cursors().size()))))
        .append("repl", repl)
        .append("storageEngine", new Document("name", "embedded").append("persistent", false))
        .append("ok", 1.0);
  }

  private Document opTime() {
    return new Document("ts", storage.lastApplied().timestamp())
        .append("t", topology.view().term());
  }

  private Document replSetGetStatus(Invocation call) {
    Topology.View view = topology.view();
    List<Document> members = new ArrayList<>();
    for (ReplicaSetNode node : nodes.get()) {
      boolean primary = view.primary() == node.index();
      int state = !node.isRunning() ? 8 : primary ? 1 : 2;
      String name = state == 8 ? "(not reachable/healthy)" : primary ? "PRIMARY" : "SECONDARY";
      Document member =
          new Document("_id", node.index())
              .append("name", node.host())
              .append("health", node.isRunning() ? 1.0 : 0.0)
              .append("state", state)
              .append("stateStr", name)
              .append("optime", opTime())
              .append("optimeDate", Instant.ofEpochSecond(storage.lastApplied().seconds()));
      if (node.index() == call.node().index()) {
        member.put("self", true);
      }
      members.add(member);
    }
    Document opTimes =
        new Document("lastCommittedOpTime", opTime())
            .append("readConcernMajorityOpTime", opTime())
            .append("appliedOpTime", opTime())
            .append("durableOpTime", opTime());
    return new Document("set", view.setName())
        .append("date", storage.clock().instant())
        .append("myState", view.primary() == call.node().index() ? 1 : 2)
        .append("term", view.term())
        .append("heartbeatIntervalMillis", 2000L)
        .append("optimes", opTimes)
        .append("members", members)
        .append("ok", 1.0);
  }

  private Document replSetGetConfig() {
    List<Document> members = new ArrayList<>();
    for (ReplicaSetNode node : nodes.get()) {
      members.add(
          new Document("_id", node.index())
              .append("host", node.host())
              .append("arbiterOnly", false)
              .append("hidden", false)
              .append("priority", 1.0)
              .append("votes", 1));
    }
    Document config =
        new Document("_id", topology.view().setName())
            .append("version", 1)
            .append("protocolVersion", 1L)
            .append("members", members)
            .append("settings", new Document("electionTimeoutMillis", 10_000));
    return new Document("config", config).append("ok", 1.0);
  }

  private Document getParameter(Invocation call) {
    Document reply = new Document();
    if (call.body().containsKey("featureCompatibilityVersion")) {
      String text = version.text();
      reply.put(
          "featureCompatibilityVersion",
          new Document("version", text.substring(0, text.lastIndexOf('.'))));
    }
    if (reply.isEmpty()) {
      throw new ServerError(72, "InvalidOptions", "no option found to get");
    }
    return reply.append("ok", 1.0);
  }

  private static Document getLog() {
    return new Document("totalLinesWritten", 1).append("log", List.of(NOTICE)).append("ok", 1.0);
  }

  private static Document cmdLineOpts() {
    return new Document("argv", List.of("embedded"))
        .append("parsed", new Document())
        .append("ok", 1.0);
  }

  private Document hostInfo() {
    return new Document("system", new Document("currentTime", storage.clock().instant()))
        .append("os", new Document("type", System.getProperty("os.name")))
        .append("extra", new Document("embedded", NOTICE))
        .append("ok", 1.0);
  }

  private static Document connectionStatus() {
    Document info =
        new Document("authenticatedUsers", List.of()).append("authenticatedUserRoles", List.of());
    return new Document("authInfo", info).append("ok", 1.0);
  }

  private Document whatsMyUri(Invocation call) {
    return new Document("you", call.connection().remoteAddress()).append("ok", 1.0);
  }
}
