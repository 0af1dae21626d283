package dev.sluice.embedded.rabbit;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Speaks as much of RabbitMQ's stream protocol as a publisher needs, confirms what it is sent and
 * keeps nothing of it: for a run that only has to go that way once.
 */
public final class StreamPeer implements AutoCloseable {
  private static final int PUBLISH = 2;
  private static final int PUBLISH_CONFIRM = 3;
  private static final int QUERY_PUBLISHER_SEQUENCE = 5;
  private static final int METADATA = 15;
  private static final int SASL_AUTHENTICATE = 19;
  private static final int TUNE = 20;
  private static final int OPEN = 21;
  private static final int HEARTBEAT = 23;
  private static final int RESPONSE = 0x8000;
  private static final int VERSION = 1;
  private static final int OK = 1;

  private final ServerSocket server;
  private final AtomicLong confirmed = new AtomicLong();

  private StreamPeer(ServerSocket server) {
    this.server = server;
  }

  /** Listens at a free port of 127.0.0.1. */
  public static StreamPeer start() throws IOException {
    StreamPeer peer = new StreamPeer(new ServerSocket(0, 2, InetAddress.getLoopbackAddress()));
    daemon(peer::accept);
    return peer;
  }

  public int port() {
    return server.getLocalPort();
  }

  /** How many messages it has confirmed. */
  public long confirmed() {
    return confirmed.get();
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "stream-peer");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        daemon(() -> serve(socket));
      }
    } catch (IOException closed) {
      // By close.
    }
  }

  private void serve(Socket socket) {
    try (socket;
        DataInputStream in = new DataInputStream(socket.getInputStream());
        DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
      while (true) {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        ByteBuffer asked = ByteBuffer.wrap(frame);
        int key = Short.toUnsignedInt(asked.getShort());
        asked.getShort();
        if (key == PUBLISH) {
          send(out, PUBLISH_CONFIRM, content -> confirm(asked, content));
        } else if (key != HEARTBEAT && (key & RESPONSE) == 0) {
          int question = asked.getInt();
          send(out, key | RESPONSE, content -> answer(key, question, asked, content));
          if (key == SASL_AUTHENTICATE) {
            // Neither frames nor silence have a limit.
            send(out, TUNE, content -> content.writeLong(0));
          }
        }
      }
    } catch (EOFException | SocketException closed) {
      // The other side is done.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Content {
    void writeTo(DataOutputStream out) throws IOException;
  }

  private static void send(DataOutputStream out, int key, Content content) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    DataOutputStream to = new DataOutputStream(frame);
    to.writeShort(key);
    to.writeShort(VERSION);
    content.writeTo(to);
    out.writeInt(frame.size());
    frame.writeTo(out);
    out.flush();
  }

  private void confirm(ByteBuffer published, DataOutputStream content) throws IOException {
    content.writeByte(published.get());
    int messages = published.getInt();
    content.writeInt(messages);
    for (int i = 0; i < messages; i++) {
      content.writeLong(published.getLong());
      int bytes = published.getInt();
      published.position(published.position() + bytes);
    }
    confirmed.addAndGet(messages);
  }

  private void answer(int key, int question, ByteBuffer asked, DataOutputStream content)
      throws IOException {
    content.writeInt(question);
    if (key == METADATA) {
      asked.getInt();
      leads(string(asked), content);
      return;
    }
    content.writeShort(OK);
    if (key == QUERY_PUBLISHER_SEQUENCE) {
      content.writeLong(0);
    } else if (key == OPEN) {
      content.writeInt(2);
      content.writeUTF("advertised_host");
      content.writeUTF(host());
      content.writeUTF("advertised_port");
      content.writeUTF(Integer.toString(port()));
    } else {
      // Whatever is listed there: none.
      content.writeInt(0);
    }
  }

  /** That this is the node that leads the stream, and the only one there is. */
  private void leads(String stream, DataOutputStream content) throws IOException {
    int reference = 1;
    content.writeInt(1);
    content.writeShort(reference);
    content.writeUTF(host());
    content.writeInt(port());
    content.writeInt(1);
    content.writeUTF(stream);
    content.writeShort(OK);
    content.writeShort(reference);
    content.writeInt(0);
  }

  private String host() {
    return server.getInetAddress().getHostAddress();
  }

  private static String string(ByteBuffer from) {
    byte[] utf8 = new byte[from.getShort()];
    from.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  /** Takes nobody any more; who is there may stay. */
  @Override
  public void close() throws IOException {
    server.close();
  }
}
