package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stretch of network between Sluice and a server that can be made to fail: it forwards each
 * connection to its port on 127.0.0.1 to the server behind, until it is told otherwise. What it is
 * told holds for all its connections, the present and the future ones, until {@link #thaw}.
 *
 * <p>Safe for several threads. Every failure has happened when its method returns, except that a
 * byte already handed to the kernel may still arrive.
 */
public final class TcpProxy implements AutoCloseable {
  /** The way that bytes go. */
  public enum Direction {
    CLIENT_TO_SERVER,
    SERVER_TO_CLIENT
  }

  private static final String HOST = "127.0.0.1";

  private final InetSocketAddress target;
  private final int port = FreePorts.one();
  private final Gate toServer = new Gate();
  private final Gate toClient = new Gate();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private ServerSocket listener;
  private Thread acceptor;

  private TcpProxy(InetSocketAddress target) {
    this.target = target;
  }

  /** A new proxy that forwards. */
  public static TcpProxy to(String host, int port) {
    TcpProxy proxy = new TcpProxy(new InetSocketAddress(host, port));
    proxy.accept();
    return proxy;
  }

  public String host() {
    return HOST;
  }

  public int port() {
    return port;
  }

  /** How many connections go through it now. */
  public int connections() {
    return (int) links.stream().filter(Link::isOpen).count();
  }

  /** Breaks all connections: both ends get a reset, as from a firewall. New ones are welcome. */
  public void sever() {
    links.forEach(Link::reset);
    links.forEach(Link::join);
    links.removeIf(Link::isOver);
  }

  /**
   * Stops to forward and closes nothing: the bytes wait, as when a cable is pulled, and go on their
   * way at {@link #thaw}. In both directions unless one is named.
   */
  public void freeze(Direction... directions) {
    gates(directions).forEach(Gate::freeze);
  }

  /**
   * Stops to forward, closes nothing, and loses the bytes: neither end can tell until it misses an
   * answer. The stream has a hole then, so {@link #sever} before {@link #thaw}.
   */
  public void dropBytes(Direction... directions) {
    gates(directions).forEach(gate -> gate.dropAfter(0));
  }

  /**
   * Lets so many more bytes of the server's answers pass and loses the rest: for the confirmation
   * that never arrives although the server did what it was asked.
   */
  public void swallowServerToClient(long afterBytes) {
    dropBytesAfter(Direction.SERVER_TO_CLIENT, afterBytes);
  }

  /** Lets so many more bytes pass this way and loses the rest, most likely within a message. */
  public void dropBytesAfter(Direction direction, long bytes) {
    gates(direction).forEach(gate -> gate.dropAfter(bytes));
  }

  /** Forwards again, in both directions. */
  public void thaw() {
    toServer.open();
    toClient.open();
  }

  /** New connections are refused, as when nobody listens; the present ones go on. */
  public synchronized void refuse() {
    if (listener == null) {
      return;
    }
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    listener = null;
    join(acceptor);
  }

  /** Takes new connections again, on the same port. */
  public synchronized void accept() {
    if (listener != null) {
      return;
    }
    try {
      listener = new ServerSocket(port, 50, InetAddress.getByName(HOST));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ServerSocket mine = listener;
    acceptor = start("tcp-proxy-" + port, () -> acceptFrom(mine));
  }

  /** Resets what is open; no thread is left when it returns. */
  @Override
  public void close() {
    refuse();
    sever();
  }

  private List<Gate> gates(Direction... directions) {
    if (directions.length == 0) {
      return List.of(toServer, toClient);
    }
    return List.of(directions).stream()
        .map(direction -> direction == Direction.CLIENT_TO_SERVER ? toServer : toClient)
        .toList();
  }

  private void acceptFrom(ServerSocket mine) {
    while (!mine.isClosed()) {
      try {
        Socket client = mine.accept();
        forward(client);
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void forward(Socket client) throws IOException {
    Socket server = new Socket();
    try {
      server.connect(target);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
    } catch (IOException nobodyBehind) {
      Link.reset(client);
      Link.reset(server);
      return;
    }
    links.removeIf(Link::isOver);
    Link link = new Link(client, server, toServer, toClient);
    links.add(link);
    link.start();
  }

  static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What the bytes of one direction have to pass. */
  static final class Gate {
    private static final long ALL = Long.MAX_VALUE;

    private boolean frozen;
    private long remaining = ALL;

    synchronized void freeze() {
      frozen = true;
    }

    synchronized void dropAfter(long bytes) {
      remaining = bytes;
    }

    synchronized void open() {
      frozen = false;
      remaining = ALL;
      notifyAll();
    }

    /** Lets those go who wait here for a connection that is no more. */
    synchronized void wake() {
      notifyAll();
    }

    /** Waits while it is frozen; returns how many of the bytes may pass, the others are lost. */
    synchronized int admit(int bytes, Link link) throws InterruptedException {
      while (frozen && link.isOpen()) {
        wait();
      }
      if (remaining == ALL) {
        return bytes;
      }
      int admitted = (int) Math.min(bytes, remaining);
      remaining -= admitted;
      return admitted;
    }
  }
}
