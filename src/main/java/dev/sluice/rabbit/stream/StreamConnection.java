package dev.sluice.rabbit.stream;

import dev.sluice.config.Broker;
import dev.sluice.config.HostPort;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A connection in RabbitMQ's stream protocol. It lives until it fails, and is never repaired.
 *
 * <p>Until {@link #listen} one thread asks and waits for the answer; from then on one thread writes
 * and another reads, and what is written has no answers but confirms.
 */
final class StreamConnection implements AutoCloseable {
  /** Longer than a broker takes that is alive. */
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);

  /** What is heard on the reading thread. */
  interface Listener {
    /** A frame that has no answer to be sent. */
    void heard(int key, ByteBuffer content) throws IOException;

    /** The connection is gone; told once, and not for one that was closed by us. */
    void lost(IOException why);
  }

  static final int DECLARE_PUBLISHER = 1;
  static final int PUBLISH = 2;
  static final int PUBLISH_CONFIRM = 3;
  static final int PUBLISH_ERROR = 4;
  static final int QUERY_PUBLISHER_SEQUENCE = 5;
  static final int METADATA = 15;
  static final int METADATA_UPDATE = 16;
  private static final int PEER_PROPERTIES = 17;
  private static final int SASL_HANDSHAKE = 18;
  private static final int SASL_AUTHENTICATE = 19;
  private static final int TUNE = 20;
  private static final int OPEN = 21;
  private static final int CLOSE = 22;
  private static final int HEARTBEAT = 23;
  static final int EXCHANGE_COMMAND_VERSIONS = 27;
  private static final int RESPONSE = 0x8000;
  private static final int OK = 1;

  /** RabbitMQ's default for stream.frame_max, 1 MiB; what it says counts if it is less. */
  private static final int FRAME_BYTES = 1 << 20;

  /** What a frame may be before the two have agreed, and what an answer may be at all. */
  private static final int MOST_BYTES_READ = 1 << 20;

  /** What the broker may take to answer once it is reached. */
  private static final int ANSWER_MILLIS = 5_000;

  private static final int READ_BUFFER_BYTES = 16 * 1024;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final ReentrantLock writing = new ReentrantLock();
  private final Map<String, String> server;
  private final Map<String, String> properties;
  private int frameBytes = FRAME_BYTES;
  private int heartbeatSeconds;
  private int questions;
  private volatile boolean closed;

  private StreamConnection(Socket socket, Broker broker, String name) throws IOException {
    this.socket = socket;
    this.in =
        new DataInputStream(new BufferedInputStream(socket.getInputStream(), READ_BUFFER_BYTES));
    this.out = socket.getOutputStream();
    this.server = greet(name);
    logIn(broker);
    this.properties = openVirtualHost(broker.virtualHost());
  }

  /**
   * Connects and logs in. Blocks.
   *
   * @param name shown in RabbitMQ's list of connections
   * @throws IOException a {@link StreamRefusal} where the broker says no
   */
  static StreamConnection open(Broker broker, HostPort at, Optional<SSLContext> tls, String name)
      throws IOException {
    Socket socket = new Socket();
    try {
      int connectMillis = (int) broker.connectTimeout().toMillis();
      socket.setTcpNoDelay(true);
      socket.connect(new InetSocketAddress(at.host(), at.port()), connectMillis);
      socket.setSoTimeout(Math.max(connectMillis, ANSWER_MILLIS));
      return new StreamConnection(
          tls.isPresent() ? secured(socket, tls.get(), at) : socket, broker, name);
    } catch (IOException | RuntimeException e) {
      socket.close();
      throw e;
    }
  }

  private static Socket secured(Socket socket, SSLContext tls, HostPort at) throws IOException {
    SSLSocket secured =
        (SSLSocket) tls.getSocketFactory().createSocket(socket, at.host(), at.port(), true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }

  private Map<String, String> greet(String name) throws IOException {
    ByteBuffer answer =
        ask(
            PEER_PROPERTIES,
            frame ->
                frame.strings(
                    Map.of("product", "Sluice", "platform", "Java", "connection_name", name)),
            "saying hello");
    return strings(answer);
  }

  private void logIn(Broker broker) throws IOException {
    ask(SASL_HANDSHAKE, frame -> {}, "logging in");
    byte[] plain =
        ('\0' + broker.username() + '\0' + broker.password().reveal())
            .getBytes(StandardCharsets.UTF_8);
    ask(
        SASL_AUTHENTICATE,
        frame -> frame.string("PLAIN").int32(plain.length).raw(plain),
        "logging in");
    ByteBuffer tune = await(TUNE, "logging in");
    frameBytes = smaller(FRAME_BYTES, tune.getInt());
    heartbeatSeconds = smaller((int) broker.heartbeat().toSeconds(), tune.getInt());
    write(new FrameBuffer().begin(TUNE | RESPONSE).int32(frameBytes).int32(heartbeatSeconds).end());
  }

  /** To either of them 0 is no limit. */
  private static int smaller(int ours, int theirs) {
    return theirs == 0 ? ours : Math.min(ours, theirs);
  }

  private Map<String, String> openVirtualHost(String virtualHost) throws IOException {
    return strings(ask(OPEN, frame -> frame.string(virtualHost), "opening the virtual host"));
  }

  /** What a frame may have, without its length. */
  int frameBytes() {
    return frameBytes;
  }

  /** As in {@code 4.0.5}; empty if it is not told. */
  String version() {
    return server.getOrDefault("version", "");
  }

  /** Where this node tells clients to look for it. */
  Optional<HostPort> advertised() {
    String host = properties.get("advertised_host");
    String port = properties.get("advertised_port");
    return host == null || port == null
        ? Optional.empty()
        : Optional.of(new HostPort(host, Integer.parseInt(port)));
  }

  /** Writes the content of a command into its frame. */
  interface Content {
    void write(FrameBuffer frame);
  }

  /**
   * Sends a command and gives what its answer holds behind the code. Blocks.
   *
   * @param doing what this is for, for a sentence
   * @throws StreamRefusal if the code is another than OK
   */
  ByteBuffer ask(int key, Content content, String doing) throws IOException {
    ByteBuffer answer = askForAny(key, content, doing);
    int code = Short.toUnsignedInt(answer.getShort());
    if (code != OK) {
      throw new StreamRefusal(code, doing);
    }
    return answer;
  }

  /** As {@link #ask}, of a command whose answer has no code before what it holds. */
  ByteBuffer askForAny(int key, Content content, String doing) throws IOException {
    FrameBuffer frame = new FrameBuffer().begin(key).int32(++questions);
    content.write(frame);
    write(frame.end());
    ByteBuffer answer = await(key | RESPONSE, doing);
    answer.getInt();
    return answer;
  }

  private ByteBuffer await(int wanted, String doing) throws IOException {
    long until = System.nanoTime() + LONGEST_ANSWER.toNanos();
    while (true) {
      if (System.nanoTime() - until > 0) {
        // Heartbeats come all the while, so that no read runs out of time.
        throw new IOException("no answer within " + LONGEST_ANSWER.toSeconds() + " s " + doing);
      }
      ByteBuffer frame = read();
      int key = Short.toUnsignedInt(frame.getShort());
      frame.getShort();
      if (key == wanted) {
        return frame;
      }
      if (key == CLOSE) {
        throw closedBy(frame, doing);
      }
      // Others are heartbeats, or news of a stream that is about to be asked for.
    }
  }

  private ByteBuffer read() throws IOException {
    int length = in.readInt();
    if (length < 2 * Short.BYTES || length > MOST_BYTES_READ) {
      throw new OtherProtocol(
          "no frame of the stream protocol: it would have " + length + " bytes");
    }
    byte[] frame = new byte[length];
    in.readFully(frame);
    return ByteBuffer.wrap(frame);
  }

  private StreamRefusal closedBy(ByteBuffer close, String doing) {
    close.getInt();
    return new StreamRefusal(Short.toUnsignedInt(close.getShort()), doing, string(close));
  }

  /** Sends frames. Blocks while the broker takes none. */
  void write(FrameBuffer frames) throws IOException {
    writing.lock();
    try {
      frames.writeTo(out);
      out.flush();
    } finally {
      writing.unlock();
    }
  }

  /**
   * Reads until the connection ends, on this thread. A peer that is silent for two of its
   * heartbeats is gone.
   */
  void listen(Listener listener) {
    try {
      socket.setSoTimeout(heartbeatSeconds * 1000 / 2);
      while (true) {
        awaitFrame();
        ByteBuffer frame = read();
        int key = Short.toUnsignedInt(frame.getShort());
        frame.getShort();
        if (key == CLOSE) {
          throw closedBy(frame, "publishing");
        }
        if (key != HEARTBEAT) {
          listener.heard(key, frame);
        }
      }
    } catch (IOException | RuntimeException e) {
      if (!closed) {
        listener.lost(e instanceof IOException lost ? lost : new IOException(e));
      }
    }
  }

  /** Beats while nothing comes: at least once in the time in which the broker expects it. */
  private void awaitFrame() throws IOException {
    int silent = 0;
    in.mark(1);
    while (true) {
      try {
        if (in.read() < 0) {
          throw new EOFException("RabbitMQ has closed the connection");
        }
        in.reset();
        return;
      } catch (SocketTimeoutException e) {
        if (++silent > 4) {
          throw e;
        }
        beat();
      }
    }
  }

  /** Not while frames are being written: these are as good. */
  private void beat() throws IOException {
    if (writing.tryLock()) {
      try {
        new FrameBuffer().begin(HEARTBEAT).end().writeTo(out);
        out.flush();
      } finally {
        writing.unlock();
      }
    }
  }

  /** At once, also while a write hangs in it. */
  @Override
  public void close() {
    closed = true;
    try {
      // With TLS, a polite end would wait behind that write.
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It is as closed as it can be.
    }
  }

  static String string(ByteBuffer from) {
    int length = from.getShort();
    if (length < 0) {
      return "";
    }
    byte[] utf8 = new byte[length];
    from.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static Map<String, String> strings(ByteBuffer from) {
    Map<String, String> strings = new LinkedHashMap<>();
    for (int left = from.hasRemaining() ? from.getInt() : 0; left > 0; left--) {
      strings.put(string(from), string(from));
    }
    return strings;
  }
}
