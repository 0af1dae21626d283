package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client connection to one node: takes requests in order, one at a time, off the I/O thread.
 *
 * <p>The queue and the busy flag belong to the channel's event loop. A request that waits (an idle
 * {@code getMore}) keeps the connection busy and no thread.
 */
final class Connection extends SimpleChannelInboundHandler<Request> {

  private static final Logger log = LoggerFactory.getLogger(Connection.class);

  /** A driver waits for each reply; whoever sends this many ahead is not one. */
  private static final int MAX_QUEUED = 1000;

  private final int id;
  private final ReplicaSetNode node;
  private final CommandDispatcher dispatcher;
  private final Executor workers;
  private final Deque<Request> queue = new ArrayDeque<>();
  private boolean busy;
  private volatile Channel channel;
  private volatile Runnable abandon;
  private volatile String appName = "";
  private volatile long streamedTopology = -1;

  Connection(int id, ReplicaSetNode node, CommandDispatcher dispatcher, Executor workers) {
    this.id = id;
    this.node = node;
    this.dispatcher = dispatcher;
    this.workers = workers;
  }

  int id() {
    return id;
  }

  /** The name the client gave itself in its handshake, or an empty text. */
  String appName() {
    return appName;
  }

  /** Takes the client's name from its handshake. */
  void introduce(Document hello) {
    if (hello.get("client") instanceof Document client
        && client.get("application") instanceof Document application
        && application.get("name") instanceof String name) {
      appName = name;
    }
  }

  /** The state of the set this client knows: what was last streamed to it, or what it says. */
  long seenTopology(long asked) {
    return streamedTopology >= 0 ? streamedTopology : asked;
  }

  void sawTopology(long counter) {
    streamedTopology = counter;
  }

  /** What to do if the client goes away before the request under way is answered. */
  void ifAbandoned(Runnable action) {
    abandon = action;
    if (!channel.isActive()) {
      action.run();
    }
  }

  void close() {
    Channel open = channel;
    if (open != null) {
      open.close();
    }
  }

  String remoteAddress() {
    return String.valueOf(channel.remoteAddress()).replaceFirst("^.*/", "");
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    node.opened(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    queue.clear();
    node.closed(this);
    Runnable action = abandon;
    if (action != null) {
      action.run();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    log.debug("embedded mongod {} closes connection {}: {}", node.host(), id, cause.toString());
    context.close();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, Request request) {
    if (node.isCutOff()) {
      return;
    }
    if (queue.size() >= MAX_QUEUED) {
      context.close();
      return;
    }
    queue.add(request);
    next();
  }

  /** A client that does not read gets no more until it does: replies would pile up here. */
  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    next();
  }

  private void next() {
    if (busy || !channel.isWritable()) {
      return;
    }
    Request request = queue.poll();
    if (request != null) {
      busy = true;
      streamedTopology = -1;
      work(request);
    }
  }

  private void work(Request request) {
    workers.execute(
        () ->
            dispatcher
                .dispatch(new Invocation(this, node, request))
                .whenComplete((answer, error) -> answered(request, answer)));
  }

  /** Called on any thread; {@code null} stands for "close, without an answer". */
  private void answered(Request request, CommandDispatcher.Answer answer) {
    abandon = null;
    Channel open = channel;
    if (answer == null || answer.closes()) {
      open.close();
      return;
    }
    if (node.isCutOff()) {
      answer.bytes().release();
      return;
    }
    // In a stream of replies each one answers the one before it, as a server numbers them.
    int replyId = answer.bytes().getIntLE(4);
    if (request.silent()) {
      answer.bytes().release();
    } else {
      open.writeAndFlush(answer.bytes());
    }
    if (answer.streamed()) {
      if (open.isActive()) {
        work(request.continuedAs(replyId));
      }
      return;
    }
    open.eventLoop()
        .execute(
            () -> {
              busy = false;
              next();
            });
  }
}
