package dev.sluice.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/**
 * Three RabbitMQ 4 nodes as one cluster on 127.0.0.1, which pauses the smaller part of itself when
 * it falls apart. Nothing of it is left when it closes or this JVM dies. Not for several threads at
 * once.
 */
public final class RabbitCluster implements AutoCloseable {
  private static final int NODES = 3;

  /** Three boots at once on two cores, and then they look for each other. */
  private static final Duration FORMATION_LIMIT = Duration.ofSeconds(180);

  /** What a node says of its own clients. */
  private static final String HELD_HERE =
      "[rabbit_reader:info(C, [client_properties]) || C <- rabbit_networking:local_connections()].";

  private final ErlangHost host;
  private final List<RabbitNode> nodes;
  private final OptionalInt streamPort;

  private RabbitCluster(ErlangHost host, List<RabbitNode> nodes, OptionalInt streamPort) {
    this.host = host;
    this.nodes = nodes;
    this.streamPort = streamPort;
  }

  /** The first RabbitMQ of this machine that is 4 or later. */
  public static Optional<RabbitInstallation> installation() {
    return RabbitInstallation.all().stream().filter(found -> found.major() >= 4).findFirst();
  }

  /** A cluster that serves, of all three nodes. */
  public static RabbitCluster launch(RabbitInstallation installation) {
    return launch(installation, OptionalInt.empty());
  }

  /**
   * One that speaks the stream protocol too, as three machines do: each at an address of its own,
   * all at one port.
   */
  public static RabbitCluster launchStreams(RabbitInstallation installation) {
    return launch(installation, OptionalInt.of(FreePorts.one()));
  }

  private static RabbitCluster launch(RabbitInstallation installation, OptionalInt streamPort) {
    ErlangHost host = ErlangHost.open(installation);
    try {
      List<Integer> ports = FreePorts.take(NODES);
      List<String> names = ports.stream().map(port -> "sluice-" + port + "@localhost").toList();
      List<RabbitNode> nodes =
          IntStream.range(0, NODES)
              .mapToObj(
                  i -> {
                    List<String> lines = configuration(names);
                    streamPort.ifPresent(port -> lines.addAll(speaking(i, ports.get(i), port)));
                    return RabbitNode.on(host, names.get(i), ports.get(i), lines);
                  })
              .toList();
      RabbitCluster cluster = new RabbitCluster(host, nodes, streamPort);
      nodes.forEach(RabbitNode::spawnServer);
      nodes.forEach(RabbitNode::awaitServing);
      cluster.awaitComplete();
      return cluster.noteUse();
    } catch (RuntimeException e) {
      host.close();
      throw e;
    }
  }

  private static List<String> configuration(List<String> names) {
    List<String> lines = new ArrayList<>();
    lines.add("cluster_partition_handling = pause_minority");
    lines.add("cluster_formation.peer_discovery_backend = classic_config");
    for (int i = 0; i < names.size(); i++) {
      lines.add("cluster_formation.classic_config.nodes." + (i + 1) + " = " + names.get(i));
    }
    return lines;
  }

  private static List<String> speaking(int number, int port, int streamPort) {
    List<String> lines = new ArrayList<>();
    if (number > 0) {
      // At the address of every node it listens anyway.
      lines.add("listeners.tcp.2 = " + address(number) + ":" + port);
    }
    lines.addAll(StreamRabbitNode.configuration(address(number), streamPort));
    return lines;
  }

  /** One of this machine alone, all of 127.0.0.0/8 are. */
  private static String address(int number) {
    return "127.0.0." + (number + 1);
  }

  /** Writes down that the asking test uses this cluster. */
  public RabbitCluster noteUse() {
    ServersUnderTest.note("rabbitmq", true, "a cluster of three of " + host.installation());
    return this;
  }

  public RabbitNode node(int number) {
    return nodes.get(number);
  }

  public List<RabbitNode> nodes() {
    return nodes;
  }

  /** The address of all nodes in the form that {@code RABBITMQ_URI} takes. */
  public String uri() {
    return uri(IntStream.range(0, NODES));
  }

  /** The address of one node, likewise. */
  public String uri(int number) {
    return uri(IntStream.of(number));
  }

  private String uri(IntStream numbers) {
    return numbers
        .mapToObj(
            i ->
                (streamPort.isPresent() ? address(i) : nodes.get(i).host())
                    + ":"
                    + nodes.get(i).port())
        .collect(
            Collectors.joining(
                ",", "amqp://" + RabbitNode.USER + ":" + RabbitNode.PASSWORD + "@", "/%2F"));
  }

  /** Of the stream protocol, the same at each node. */
  public int streamPort() {
    return streamPort.orElseThrow();
  }

  /** The number of the node that leads the quorum queue, or the stream. */
  public int leader(String queue) {
    RabbitNode asked = nodes.stream().filter(RabbitNode::isRunning).findFirst().orElseThrow();
    for (String line : asked.ctl("list_queues", "--silent", "name", "leader").lines().toList()) {
      String[] columns = line.split("\\s+");
      for (int i = 0; i < NODES; i++) {
        if (columns[0].equals(queue) && columns[1].equals(nodes.get(i).name())) {
          return i;
        }
      }
    }
    throw new IllegalStateException("No leader of " + queue);
  }

  /** Has the quorum queue led by this node, and returns when it is. */
  public void moveLeader(String queue, int number) {
    nodes
        .get(number)
        .ctl(
            "eval",
            ("{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"%s\">>)),"
                    + " rabbit_quorum_queue:transfer_leadership(Q, '%s').")
                .formatted(queue, nodes.get(number).name()));
    Awaitility.await()
        .atMost(FORMATION_LIMIT)
        .pollInSameThread()
        .ignoreExceptions()
        .until(() -> leader(queue) == number);
  }

  /** Has the node get nothing more of the stream, which it does not lead; it serves what it has. */
  public RabbitNode.Fault holdBackReplica(String stream, int number) {
    tellSender(stream, number, "suspend");
    return () -> tellSender(stream, number, "resume");
  }

  /** The one process at the leader's node that sends the stream to this replica. */
  private void tellSender(String stream, int number, String what) {
    nodes
        .get(leader(stream))
        .ctl(
            "eval",
            ("{ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, <<\"%s\">>)),"
                    + " #{name := Name} = amqqueue:get_type_state(Q),"
                    + " {ok, #{'%s' := {Replica, replica}}} = rabbit_stream_coordinator:members(Name),"
                    + " [ok] = [sys:%s(Sender) || {_, Sender, _, _} <-"
                    + " supervisor:which_children(osiris_replica_reader_sup),"
                    + " lists:member(Replica, tuple_to_list(sys:get_state(Sender)))].")
                .formatted(stream, nodes.get(number).name(), what));
  }

  /** The number of the node that holds the connection of this name, as the client gave it. */
  public int holderOf(String connectionName) {
    for (int i = 0; i < NODES; i++) {
      RabbitNode node = nodes.get(i);
      if (node.isRunning() && node.ctl("eval", HELD_HERE).contains(connectionName)) {
        return i;
      }
    }
    throw new IllegalStateException("Nobody holds a connection named " + connectionName);
  }

  /** Waits until all three nodes run and know each other. */
  public void awaitComplete() {
    Awaitility.await()
        .atMost(FORMATION_LIMIT)
        .pollInSameThread()
        .pollInterval(Duration.ofMillis(300))
        .ignoreExceptions()
        .until(
            () ->
                nodes.stream()
                    .allMatch(
                        node ->
                            node.ctl("eval", "length(rabbit_nodes:list_running()).")
                                .strip()
                                .equals(Integer.toString(NODES))));
  }

  /** Starts the nodes that were killed, and waits until the cluster is complete. */
  public void startAll() {
    List<RabbitNode> down = nodes.stream().filter(node -> !node.isRunning()).toList();
    down.forEach(RabbitNode::spawnServer);
    down.forEach(RabbitNode::awaitServing);
    awaitComplete();
  }

  @Override
  public void close() {
    host.close();
  }
}
