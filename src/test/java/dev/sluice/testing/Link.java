package dev.sluice.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** One connection through a {@link TcpProxy}: a socket on each side, a thread each way. */
final class Link {
  private static final int CHUNK_BYTES = 16 * 1024;

  private final Socket client;
  private final Socket server;
  private final TcpProxy.Gate toServer;
  private final TcpProxy.Gate toClient;
  private final AtomicInteger directionsLeft = new AtomicInteger(2);
  private Thread upward;
  private Thread downward;

  Link(Socket client, Socket server, TcpProxy.Gate toServer, TcpProxy.Gate toClient) {
    this.client = client;
    this.server = server;
    this.toServer = toServer;
    this.toClient = toClient;
  }

  /** Synchronised with {@link #join}: whoever severs just now must see the threads. */
  synchronized void start() {
    String name = "tcp-proxy-" + client.getLocalPort() + "-" + client.getPort();
    upward = TcpProxy.start(name + "-up", () -> pump(client, server, toServer));
    downward = TcpProxy.start(name + "-down", () -> pump(server, client, toClient));
  }

  boolean isOpen() {
    return !client.isClosed() && !server.isClosed();
  }

  /** Both sockets are closed and both threads have ended. */
  synchronized boolean isOver() {
    return upward != null && !upward.isAlive() && !downward.isAlive();
  }

  void reset() {
    reset(client);
    reset(server);
    toServer.wake();
    toClient.wake();
  }

  synchronized void join() {
    if (upward != null) {
      TcpProxy.join(upward);
      TcpProxy.join(downward);
    }
  }

  /** Closing with a linger of zero sends a reset instead of an orderly end. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException alreadyClosed) {
      // That is all that was wanted.
    }
  }

  private void pump(Socket from, Socket to, TcpProxy.Gate gate) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        out.write(chunk, 0, gate.admit(read, this));
      }
      // An end is passed on like any byte: not through a gate that is closed.
      if (gate.admit(1, this) == 1) {
        to.shutdownOutput();
      }
    } catch (IOException broken) {
      reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (directionsLeft.decrementAndGet() == 0) {
        reset();
      }
    }
  }
}
