package dev.sluice.bench.loop;

import com.rabbitmq.client.ConnectionFactory;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * A connection in RabbitMQ's stream protocol (rabbitmq_stream/docs/PROTOCOL.adoc), with as much of
 * it as a benchmark needs, and on purpose not Sluice's own: what it is compared with must not
 * depend on it. One thread writes, one reads.
 */
public final class StreamLink implements AutoCloseable {
  static final int PUBLISH = 2;
  static final int PUBLISH_CONFIRM = 3;
  public static final int DELIVER = 8;
  private static final int DECLARE_PUBLISHER = 1;
  private static final int SUBSCRIBE = 7;
  private static final int CREDIT = 9;
  private static final int PEER_PROPERTIES = 17;
  private static final int SASL_HANDSHAKE = 18;
  private static final int SASL_AUTHENTICATE = 19;
  private static final int TUNE = 20;
  private static final int OPEN = 21;
  private static final int RESPONSE = 0x8000;
  private static final int OK = 1;
  private static final int FROM_THE_FIRST = 1;

  /** RabbitMQ's default for stream.frame_max. */
  private static final int FRAME_BYTES = 1 << 20;

  private static final int READ_BUFFER_BYTES = 64 * 1024;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private int questions;

  /** Writes what a command holds behind its version. */
  private interface Content {
    void write(DataOutputStream to) throws IOException;
  }

  private StreamLink(Socket socket, ConnectionFactory broker) throws IOException {
    this.socket = socket;
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), READ_BUFFER_BYTES));
    out = socket.getOutputStream();
    ask(PEER_PROPERTIES, to -> to.writeInt(0));
    ask(SASL_HANDSHAKE, to -> {});
    byte[] plain =
        ('\0' + broker.getUsername() + '\0' + broker.getPassword())
            .getBytes(StandardCharsets.UTF_8);
    ask(
        SASL_AUTHENTICATE,
        to -> {
          string(to, "PLAIN");
          to.writeInt(plain.length);
          to.write(plain);
        });
    await(TUNE);
    // No heartbeats: a run is short, and its end is seen by other means.
    send(
        TUNE | RESPONSE,
        to -> {
          to.writeInt(FRAME_BYTES);
          to.writeInt(0);
        });
    ask(OPEN, to -> string(to, broker.getVirtualHost()));
  }

  /**
   * Connects and logs in.
   *
   * @param amqpUri of the same node: host, user, password and virtual host
   */
  public static StreamLink open(String amqpUri, int port) throws IOException {
    ConnectionFactory broker = new ConnectionFactory();
    try {
      broker.setUri(amqpUri);
    } catch (java.net.URISyntaxException | java.security.GeneralSecurityException e) {
      throw new IOException("Not the address of a RabbitMQ", e);
    }
    Socket socket = new Socket(broker.getHost(), port);
    try {
      socket.setTcpNoDelay(true);
      return new StreamLink(socket, broker);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  /** As publisher 0, without a name: nothing is dropped as a repeat. */
  void declarePublisher(String stream) throws IOException {
    ask(
        DECLARE_PUBLISHER,
        to -> {
          to.writeByte(0);
          string(to, "");
          string(to, stream);
        });
  }

  /** As subscription 0, from the first message on, so many chunks ahead. */
  public void subscribe(String stream, int credit) throws IOException {
    ask(
        SUBSCRIBE,
        to -> {
          to.writeByte(0);
          string(to, stream);
          to.writeShort(FROM_THE_FIRST);
          to.writeShort(credit);
          to.writeInt(0);
        });
  }

  /** One more chunk may come. */
  public void credit() throws IOException {
    send(
        CREDIT,
        to -> {
          to.writeByte(0);
          to.writeShort(1);
        });
  }

  /** Begins to read a frame: its key. What it holds is to be read or skipped from {@link #in}. */
  public Frame next() throws IOException {
    int length = in.readInt();
    int key = in.readUnsignedShort();
    in.readUnsignedShort();
    return new Frame(key, length - 2 * Short.BYTES);
  }

  /**
   * @param bytes behind key and version
   */
  public record Frame(int key, int bytes) {}

  public DataInputStream in() {
    return in;
  }

  /** Sends frames that are ready. */
  void write(byte[] frames, int length) throws IOException {
    out.write(frames, 0, length);
  }

  private void ask(int key, Content content) throws IOException {
    int question = ++questions;
    send(
        key,
        to -> {
          to.writeInt(question);
          content.write(to);
        });
    Frame answer = await(key | RESPONSE);
    in.readInt();
    int code = in.readUnsignedShort();
    in.skipNBytes(answer.bytes() - Integer.BYTES - Short.BYTES);
    if (code != OK) {
      throw new IOException("RabbitMQ answers command " + key + " with code " + code);
    }
  }

  /** Others are passed by; the one that is wanted is left to be read, but for TUNE's content. */
  private Frame await(int wanted) throws IOException {
    while (true) {
      Frame frame = next();
      if (frame.key() == wanted) {
        if (wanted == TUNE) {
          in.skipNBytes(frame.bytes());
        }
        return frame;
      }
      in.skipNBytes(frame.bytes());
    }
  }

  private void send(int key, Content content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream to = new DataOutputStream(bytes);
    to.writeShort(key);
    to.writeShort(1);
    content.write(to);
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    DataOutputStream whole = new DataOutputStream(frame);
    whole.writeInt(bytes.size());
    bytes.writeTo(whole);
    out.write(frame.toByteArray());
  }

  private static void string(DataOutputStream to, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    to.writeShort(utf8.length);
    to.write(utf8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
