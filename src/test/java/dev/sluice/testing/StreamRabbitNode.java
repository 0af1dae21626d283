package dev.sluice.testing;

import java.util.List;

/** A {@link RabbitNode} that speaks the stream protocol as well. */
public final class StreamRabbitNode implements AutoCloseable {
  private final RabbitNode node;
  private final int port;

  private StreamRabbitNode(RabbitNode node, int port) {
    this.node = node;
    this.port = port;
  }

  /** A new node of this installation that serves. */
  public static StreamRabbitNode launch(RabbitInstallation installation) {
    int port = FreePorts.one();
    return new StreamRabbitNode(
        RabbitNode.launch(installation, configuration(port).toArray(String[]::new)), port);
  }

  /** What has a node speak it on this port. */
  static List<String> configuration(int port) {
    return configuration(RabbitNode.HOST, port);
  }

  /** The same at another address of this machine. */
  static List<String> configuration(String address, int port) {
    return List.of(
        "stream.listeners.tcp.1 = " + address + ":" + port,
        "stream.advertised_host = " + address,
        "stream.advertised_port = " + port);
  }

  /** Writes down that the asking test uses it, and that it is one of these. */
  public void noteUse() {
    ServersUnderTest.note("rabbitmq", true, "a stream node of " + node.installed());
  }

  public RabbitNode node() {
    return node;
  }

  /** Of the stream protocol. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    node.close();
  }
}
