package dev.sluice.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  private RabbitCluster(ErlangHost host, List<RabbitNode> nodes) {
    this.host = host;
    this.nodes = nodes;
  }

  /** The first RabbitMQ of this machine that is 4 or later. */
  public static Optional<RabbitInstallation> installation() {
    return RabbitInstallation.all().stream().filter(found -> found.major() >= 4).findFirst();
  }

  /** A cluster that serves, of all three nodes. */
  public static RabbitCluster launch(RabbitInstallation installation) {
    ErlangHost host = ErlangHost.open(installation);
    try {
      List<Integer> ports = FreePorts.take(NODES);
      List<String> names = ports.stream().map(port -> "sluice-" + port + "@localhost").toList();
      List<RabbitNode> nodes =
          IntStream.range(0, NODES)
              .mapToObj(i -> RabbitNode.on(host, names.get(i), ports.get(i), configuration(names)))
              .toList();
      RabbitCluster cluster = new RabbitCluster(host, nodes);
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
    return nodes.stream()
        .map(node -> node.host() + ":" + node.port())
        .collect(
            Collectors.joining(
                ",", "amqp://" + RabbitNode.USER + ":" + RabbitNode.PASSWORD + "@", "/%2F"));
  }

  /** The number of the node that leads the quorum queue. */
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
