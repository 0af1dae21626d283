package dev.sluice.embedded.mongo;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.bson.BsonDocument;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What can go wrong with a replica set, on demand. Each fault is lifted by closing what the method
 * returns. Thread-safe; over the wire the same words are there as {@code embeddedFault}.
 */
public final class Faults {

  private static final Logger log = LoggerFactory.getLogger(Faults.class);

  /** How long a set is without a primary unless said otherwise; a real one takes seconds. */
  public static final Duration DEFAULT_ELECTION = Duration.ofMillis(200);

  private final List<ReplicaSetNode> nodes;
  private final Topology topology;
  private final Storage storage;
  private final Sessions sessions;
  private final FaultBoard board;
  private final CommandDispatcher dispatcher;
  private final Executor workers;
  private final ScheduledExecutorService timer;

  Faults(
      List<ReplicaSetNode> nodes,
      Topology topology,
      Storage storage,
      Sessions sessions,
      FaultBoard board,
      CommandDispatcher dispatcher,
      Executor workers,
      ScheduledExecutorService timer) {
    this.nodes = nodes;
    this.topology = topology;
    this.storage = storage;
    this.sessions = sessions;
    this.board = board;
    this.dispatcher = dispatcher;
    this.workers = workers;
    this.timer = timer;
  }

  /** The index of the primary, or -1 while there is none. */
  public int primary() {
    return topology.view().primary();
  }

  /** The primary steps down, keeps its connections and cursors; another follows shortly. */
  public Fault stepDown() {
    return stepDown(DEFAULT_ELECTION, true);
  }

  /**
   * The primary steps down and another node takes over after the election.
   *
   * @param cursorsSurvive whether the old primary's cursors can still be read
   * @return a fault whose closing ends the election at once
   */
  public Fault stepDown(Duration election, boolean cursorsSurvive) {
    int old = topology.view().primary();
    if (old < 0) {
      return () -> {};
    }
    loseLeader(old);
    if (!cursorsSurvive) {
      nodes.get(old).cursors().killAll();
    }
    return electionAfter(election, old);
  }

  private void loseLeader(int old) {
    storage.exclusively(
        () -> {
          topology.lose(old);
          sessions.abortTransactions();
        });
    log.info("embedded MongoDB node={} stepped down", nodes.get(old).host());
  }

  private Fault electionAfter(Duration election, int old) {
    // On a worker: an election writes into the log, for which an I/O thread must not wait.
    var planned =
        timer.schedule(
            () -> workers.execute(() -> elect(old)), election.toMillis(), TimeUnit.MILLISECONDS);
    return () -> {
      if (planned.cancel(false)) {
        elect(old);
      }
    };
  }

  /** Elects the next reachable node after the old primary, itself only if there is no other. */
  private synchronized void elect(int old) {
    if (topology.view().primary() >= 0) {
      return;
    }
    for (int step = 1; step <= nodes.size(); step++) {
      ReplicaSetNode candidate = nodes.get((old + step) % nodes.size());
      if (candidate.isReachable() && reachable() > nodes.size() / 2) {
        topology.elect(candidate.index());
        storage.exclusively(() -> storage.note("new primary"));
        log.info("embedded MongoDB node={} is primary", candidate.host());
        return;
      }
    }
    log.info("embedded MongoDB has no majority and no primary");
  }

  private long reachable() {
    return nodes.stream().filter(ReplicaSetNode::isReachable).count();
  }

  /** A node's process dies: its port closes, connections break, cursors are gone. */
  public Fault kill(int node) {
    ReplicaSetNode victim = nodes.get(node);
    if (topology.isPrimary(node)) {
      loseLeader(node);
      electionAfter(DEFAULT_ELECTION, node);
    }
    victim.stop();
    loseLeaderWithoutMajority();
    topology.touch();
    log.info("embedded MongoDB node={} killed", victim.host());
    return () -> start(node);
  }

  /** A killed node comes back on its port. */
  public void start(int node) {
    ReplicaSetNode back = nodes.get(node);
    if (!back.isRunning()) {
      back.start(back.port(), dispatcher);
      topology.touch();
      log.info("embedded MongoDB node={} started", back.host());
      elect(node);
    }
  }

  /** A node is cut off: what is sent to it gets no answer, and a primary loses its office. */
  public Fault partition(int node) {
    ReplicaSetNode victim = nodes.get(node);
    victim.cutOff(true);
    if (topology.isPrimary(node)) {
      loseLeader(node);
      electionAfter(DEFAULT_ELECTION, node);
    }
    loseLeaderWithoutMajority();
    log.info("embedded MongoDB node={} cut off", victim.host());
    return () -> {
      victim.cutOff(false);
      topology.touch();
      log.info("embedded MongoDB node={} is back", victim.host());
      elect(node);
    };
  }

  private void loseLeaderWithoutMajority() {
    int leader = topology.view().primary();
    if (leader >= 0 && reachable() <= nodes.size() / 2) {
      loseLeader(leader);
    }
  }

  /** Replies come late. Names restrict it to some commands; none means all but monitoring. */
  public Fault delayReplies(Duration delay, String... commands) {
    return put(new FailPoint(Set.of(commands), "", -1, FailPoint.Effect.delay(delay)));
  }

  /** Every open connection to every node breaks. They may come back at once. */
  public void dropConnections() {
    nodes.forEach(ReplicaSetNode::dropConnections);
  }

  /** The next so many of these commands fail with the code, with the labels a server adds. */
  public Fault failCommand(int times, int errorCode, String... commands) {
    return put(new FailPoint(Set.of(commands), "", times, FailPoint.Effect.error(errorCode)));
  }

  /** As {@link #failCommand}, for connections of one application name only. */
  public Fault failCommandOf(String appName, int times, int errorCode, String... commands) {
    return put(new FailPoint(Set.of(commands), appName, times, FailPoint.Effect.error(errorCode)));
  }

  /** The next so many of these commands end in a closed connection, unanswered and not run. */
  public Fault closeOn(int times, String... commands) {
    return put(new FailPoint(Set.of(commands), "", times, FailPoint.Effect.CLOSE));
  }

  /** The next so many of these commands are carried out and answered with garbage. */
  public Fault corruptReply(int times, String... commands) {
    return put(new FailPoint(Set.of(commands), "", times, FailPoint.Effect.CORRUPT));
  }

  private Fault put(FailPoint failPoint) {
    board.add(failPoint);
    return () -> board.remove(failPoint);
  }

  /** The log forgets all but its newest entry: older positions end in error 286. */
  public void rollOplog() {
    storage.exclusively(storage::rollOplog);
    log.info("embedded MongoDB oplog rolled over");
  }

  /** A resume from this token ends in error 280, as if its event were not in the log. */
  public Fault loseToken(BsonDocument token) {
    String data = token.getString("_data").getValue();
    board.loseToken(data);
    return () -> board.findToken(data);
  }

  /** A resume from any token ends in error 280. */
  public Fault loseTokens() {
    board.loseAllTokens();
    return board::findAllTokens;
  }
}
