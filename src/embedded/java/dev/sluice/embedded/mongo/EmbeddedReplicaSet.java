package dev.sluice.embedded.mongo;

import ch.qos.logback.classic.Level;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.ssl.SslContext;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A three-node MongoDB replica set inside this process, for tests and for trying things out.
 *
 * <p>Three ports share one state. Queries and storage are mongo-java-server's; the log, the change
 * streams and the server loop are ours and answer as a real server was recorded to. It is no
 * database to keep data in, and says so wherever a server describes itself.
 *
 * <p>Threads: two for I/O, up to four that carry out commands, all named after the set and gone
 * after {@link #close}. Waiting cursors hold none.
 */
public final class EmbeddedReplicaSet implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(EmbeddedReplicaSet.class);

  private static final int IO_THREADS = 2;
  private static final int WORKERS = 4;

  /** A primary writes a note into an idle log this often, so that time goes on for its readers. */
  private static final int NOTE_INTERVAL_SECONDS = 10;

  /** How much a killed process may lose of what a data directory keeps. */
  private static final int SYNC_INTERVAL_MS = 200;

  /** A server's {@code minSnapshotHistoryWindowInSeconds}. */
  private static final Duration SNAPSHOT_WINDOW = Duration.ofMinutes(5);

  private static final int CURSOR_SWEEP_SECONDS = 30;
  private static final Duration CURSOR_TIMEOUT = Duration.ofMinutes(10);

  private final String name;
  private final ServerVersion version;
  private final MultiThreadIoEventLoopGroup eventLoops;
  private final ThreadPoolExecutor workers;
  private final Topology topology;
  private final Storage storage;
  private final Sessions sessions = new Sessions();
  private final FaultBoard board = new FaultBoard();
  private final FaultCommands faultCommands = new FaultCommands(board);
  private final List<ReplicaSetNode> nodes = new ArrayList<>();
  private final boolean restored;
  private final Optional<SslContext> tls;
  private Faults faults;

  private EmbeddedReplicaSet(Builder builder, Journal journal) {
    this.name = builder.name;
    this.version = builder.version;
    this.tls = builder.tls;
    this.eventLoops =
        new MultiThreadIoEventLoopGroup(IO_THREADS, threads("io"), NioIoHandler.newFactory());
    this.workers =
        new ThreadPoolExecutor(
            WORKERS,
            WORKERS,
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            threads("worker"),
            // What wakes up while the set closes has nobody left to answer.
            new ThreadPoolExecutor.DiscardPolicy());
    workers.allowCoreThreadTimeOut(true);
    this.topology = new Topology(name);
    this.storage =
        new Storage(Clock.systemUTC(), version, builder.oplog, builder.snapshotWindow, journal);
    this.restored = journal instanceof DataDirectory kept && kept.restoreInto(storage);
  }

  private ThreadFactory threads(String role) {
    AtomicInteger count = new AtomicInteger();
    return action -> {
      Thread thread =
          new Thread(action, "embedded-mongo-" + name + "-" + role + "-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The library tells of every database, collection and index; a set says what matters itself. */
  private static void quieten() {
    if (LoggerFactory.getLogger("de.bwaldvogel") instanceof ch.qos.logback.classic.Logger library
        && library.getLevel() == null) {
      library.setLevel(Level.WARN);
    }
  }

  private EmbeddedReplicaSet start(String address, List<Integer> ports) {
    quieten();
    if (!restored) {
      storage.note("initiating set");
    }
    CommandDispatcher dispatcher = dispatcher();
    for (int i = 0; i < ports.size(); i++) {
      ReplicaSetNode node = new ReplicaSetNode(i, address, eventLoops, workers, tls);
      nodes.add(node);
      node.start(ports.get(i), dispatcher);
    }
    topology.found(nodes.stream().map(ReplicaSetNode::host).toList(), storage.clock().millis());
    topology.elect(0);
    storage.note("new primary");
    faults = new Faults(nodes, topology, storage, sessions, board, dispatcher, workers, eventLoops);
    faultCommands.control(faults);
    eventLoops.scheduleAtFixedRate(
        () -> workers.execute(this::note),
        NOTE_INTERVAL_SECONDS,
        NOTE_INTERVAL_SECONDS,
        TimeUnit.SECONDS);
    eventLoops.scheduleAtFixedRate(
        () -> workers.execute(storage::sync),
        SYNC_INTERVAL_MS,
        SYNC_INTERVAL_MS,
        TimeUnit.MILLISECONDS);
    eventLoops.scheduleAtFixedRate(
        () -> nodes.forEach(node -> node.cursors().killIdle(CURSOR_TIMEOUT)),
        CURSOR_SWEEP_SECONDS,
        CURSOR_SWEEP_SECONDS,
        TimeUnit.SECONDS);
    log.info(
        "embedded MongoDB set={} version={} uri={} ({})",
        name,
        version.text(),
        uri(),
        AdminCommands.NOTICE);
    return this;
  }

  private void note() {
    storage.exclusively(() -> storage.note("periodic noop"));
  }

  private CommandDispatcher dispatcher() {
    Map<String, Command> commands = new HashMap<>();
    Command hello = new HelloCommand(topology, storage, version, eventLoops);
    List.of("hello", "isMaster", "ismaster").forEach(name -> commands.put(name, hello));
    if (version == ServerVersion.V4_2) {
      commands.remove("hello");
    }
    Transactions transactions = new Transactions(storage, sessions);
    WriteContext context = new WriteContext(storage, sessions, transactions);
    UpdateStatement updates = new UpdateStatement(storage);
    ChangeStreamCommand streams =
        new ChangeStreamCommand(storage, version, board, workers, eventLoops);
    new WriteCommands(storage, topology, context, updates).register(commands);
    new FindAndModifyCommand(storage, context, updates).register(commands);
    new ReadCommands(storage, streams, context, version).register(commands);
    new CursorCommands().register(commands);
    new CollectionCommands(storage, version).register(commands);
    new AdminCommands(storage, topology, version, () -> nodes).register(commands);
    transactions.register(commands);
    faultCommands.register(commands);
    ReplyEnvelope envelope = new ReplyEnvelope(topology, storage, version);
    return new CommandDispatcher(
        commands, topology, version, envelope, transactions, board, eventLoops);
  }

  /** The connection string of the whole set. */
  public String uri() {
    String hosts = String.join(",", nodes.stream().map(ReplicaSetNode::host).toList());
    return "mongodb://" + hosts + "/?replicaSet=" + name + (tls.isPresent() ? "&tls=true" : "");
  }

  /** What can go wrong with the set. */
  public Faults faults() {
    return faults;
  }

  public List<Integer> ports() {
    return nodes.stream().map(ReplicaSetNode::port).toList();
  }

  public ServerVersion version() {
    return version;
  }

  /** Ends the set: no port, thread or open cursor is left. */
  @Override
  public void close() {
    nodes.forEach(ReplicaSetNode::stop);
    eventLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    workers.shutdownNow();
    try {
      if (!workers.awaitTermination(5, TimeUnit.SECONDS)) {
        log.warn("embedded MongoDB set={} a command is still running", name);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    storage.close();
    log.info("embedded MongoDB set={} stopped", name);
  }

  /** What a set is made with. */
  public static final class Builder {
    private String name = "embedded";
    private String address = "127.0.0.1";
    private List<Integer> ports = List.of(0, 0, 0);
    private ServerVersion version = ServerVersion.V7_0;
    private OplogLimit oplog = OplogLimit.DEFAULT;
    private Duration snapshotWindow = SNAPSHOT_WINDOW;
    private Path directory;
    private Optional<SslContext> tls = Optional.empty();

    private Builder() {}

    /** The name of the replica set. */
    public Builder name(String setName) {
      this.name = setName;
      return this;
    }

    /** The ports of the three nodes; 0, the default, takes a free one. */
    public Builder ports(int first, int second, int third) {
      this.ports = List.of(first, second, third);
      return this;
    }

    /** Where to listen; 127.0.0.1 unless set. It is called localhost all the same. */
    public Builder address(String listening) {
      this.address = listening;
      return this;
    }

    /** The release to pass for; 7.0 unless set. */
    public Builder version(ServerVersion release) {
      this.version = release;
      return this;
    }

    /** Where to keep data across a stop; in memory only unless set. */
    public Builder dataDirectory(Path path) {
      this.directory = path;
      return this;
    }

    /** What the nodes speak TLS with, and nothing else then; in plaintext unless set. */
    public Builder tls(SslContext context) {
      this.tls = Optional.of(context);
      return this;
    }

    /** How much history the log keeps. */
    public Builder oplog(OplogLimit limit) {
      this.oplog = limit;
      return this;
    }

    /** How far back snapshots can be read; five minutes unless set, as of a server. */
    public Builder snapshotWindow(Duration window) {
      this.snapshotWindow = window;
      return this;
    }

    /**
     * Starts the set.
     *
     * @throws PortInUseException if one of the ports is taken; nothing is left running then
     */
    public EmbeddedReplicaSet start() {
      Journal journal = directory == null ? Journal.NONE : DataDirectory.open(directory, oplog);
      EmbeddedReplicaSet set = new EmbeddedReplicaSet(this, journal);
      try {
        return set.start(address, ports);
      } catch (RuntimeException e) {
        set.close();
        throw e;
      }
    }
  }
}
