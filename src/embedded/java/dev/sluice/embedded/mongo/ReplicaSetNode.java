package dev.sluice.embedded.mongo;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** One member of the set: a listening port, its connections and its cursors. */
final class ReplicaSetNode {

  private final int index;
  private final String address;
  private final EventLoopGroup eventLoops;
  private final Executor workers;
  private final Optional<SslContext> tls;
  private final AtomicInteger connectionIds = new AtomicInteger();
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final CursorTable cursors = new CursorTable();
  private volatile Channel listener;
  private volatile int port;
  private volatile boolean cutOff;

  /**
   * @param address where it listens
   */
  ReplicaSetNode(
      int index,
      String address,
      EventLoopGroup eventLoops,
      Executor workers,
      Optional<SslContext> tls) {
    this.address = address;
    this.tls = tls;
    this.index = index;
    this.eventLoops = eventLoops;
    this.workers = workers;
  }

  int index() {
    return index;
  }

  String host() {
    return "localhost:" + port;
  }

  CursorTable cursors() {
    return cursors;
  }

  Set<Connection> connections() {
    return connections;
  }

  boolean isRunning() {
    return listener != null;
  }

  /**
   * Listens on the port; 0 takes a free one.
   *
   * @throws PortInUseException if somebody else listens there
   */
  void start(int wantedPort, CommandDispatcher dispatcher) {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(eventLoops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 512)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    Connection connection =
                        new Connection(
                            connectionIds.incrementAndGet(),
                            ReplicaSetNode.this,
                            dispatcher,
                            workers);
                    tls.ifPresent(
                        context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
                    channel.pipeline().addLast(new WireDecoder(), connection);
                  }
                });
    var bound = bootstrap.bind(new InetSocketAddress(address, wantedPort));
    bound.awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new PortInUseException(wantedPort, bound.cause());
    }
    listener = bound.channel();
    port = ((InetSocketAddress) listener.localAddress()).getPort();
  }

  /** Stops listening, drops every connection and forgets every cursor, as a killed process does. */
  void stop() {
    Channel open = listener;
    listener = null;
    if (open != null) {
      open.close().awaitUninterruptibly();
    }
    dropConnections();
    cursors.killAll();
  }

  /** Whether the others in the set can reach it. */
  boolean isReachable() {
    return isRunning() && !cutOff;
  }

  boolean isCutOff() {
    return cutOff;
  }

  /** Stops answering, or starts again; connections that waited meanwhile are broken then. */
  void cutOff(boolean off) {
    cutOff = off;
    if (!off) {
      dropConnections();
    }
  }

  void dropConnections() {
    connections.forEach(Connection::close);
  }

  int port() {
    return port;
  }

  void opened(Connection connection) {
    connections.add(connection);
    if (!isRunning()) {
      connection.close();
    }
  }

  void closed(Connection connection) {
    connections.remove(connection);
  }
}
