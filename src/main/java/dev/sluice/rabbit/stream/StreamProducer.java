package dev.sluice.rabbit.stream;

import dev.sluice.config.Broker;
import dev.sluice.config.HostPort;
import dev.sluice.message.Message;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Publishes to one stream under one name, by the node that leads the stream. RabbitMQ drops, and
 * confirms, a message whose id is not above the last one of that name in that stream.
 *
 * <p>What is published on one connection to the leader is taken in its order: the connection's
 * process and the stream's writer are of one node, where no message between two processes is lost.
 * So there is never a message in the stream without those that were published before it on the same
 * connection, and the last id says that all up to it are there. (By way of another node that would
 * not hold while the two lose sight of each other.)
 */
public final class StreamProducer implements AutoCloseable {
  /** Hears what becomes of messages, on the connection's thread. */
  public interface Outcomes {
    /** The messages of these ids are in the stream. */
    void confirmed(long[] ids);

    /** Nothing more will be confirmed. Told once. */
    void lost(IOException why);
  }

  /** Of the one publisher of a connection. */
  private static final int PUBLISHER = 0;

  /** A name has less than 256 bytes. */
  private static final int MOST_NAME_BYTES = 255;

  private static final int WITHOUT_FILTER = 1;
  private static final int WITH_FILTER = 2;

  /** As much as a socket's buffer takes at once. */
  private static final int BURST_BYTES = 64 * 1024;

  private static final int NO_LEADER = -1;

  private static final String LOOKING = "looking for the leader of the stream";

  private final StreamConnection connection;
  private final String stream;
  private final long lastId;
  private final int version;
  private final FrameBuffer frame = new FrameBuffer();
  private final StreamMessageWriter writer;
  private int countAt;
  private int count;

  private StreamProducer(StreamConnection connection, String stream, String name)
      throws IOException {
    this.connection = connection;
    this.stream = stream;
    this.version = publishVersion();
    this.writer =
        new StreamMessageWriter(
            connection.version().matches("([012]|3\\.([0-9]|1[012]))\\..*"), frame);
    connection.ask(
        StreamConnection.DECLARE_PUBLISHER,
        content -> content.int8(PUBLISHER).string(name).string(stream),
        "declaring the publisher");
    this.lastId =
        connection
            .ask(
                StreamConnection.QUERY_PUBLISHER_SEQUENCE,
                content -> content.string(name).string(stream),
                "asking for the last message")
            .getLong();
  }

  /**
   * Connects and gets ready to publish. Blocks, for seconds at the most.
   *
   * @param at any node of the cluster
   * @param title shown in RabbitMQ's list of connections
   * @param name what the ids are counted under, of 255 bytes at the most
   * @throws IOException a {@link StreamRefusal} where the broker says no, {@link LeaderNotReached}
   *     or {@link SharedAddress} where the leader is not to be found
   */
  public static StreamProducer open(
      Broker broker,
      HostPort at,
      Optional<SSLContext> tls,
      String title,
      String stream,
      String name)
      throws IOException {
    StreamConnection connection = StreamConnection.open(broker, at, tls, title);
    try {
      Optional<HostPort> elsewhere = leader(connection, stream);
      if (elsewhere.isPresent()) {
        connection.close();
        connection = openLeader(broker, elsewhere.get(), tls, title);
      }
      StreamProducer producer = new StreamProducer(connection, stream, name);
      // It may have moved meanwhile. From the declaration of the publisher on RabbitMQ tells of it.
      if (leader(connection, stream).isPresent()) {
        throw new StreamRefusal(
            StreamRefusal.Code.STREAM_NOT_AVAILABLE, LOOKING, "its leader is moving");
      }
      return producer;
    } catch (IOException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Goes the way of {@link #open} up to the node that leads the stream, and does nothing there.
   * Blocks as that does, and fails likewise.
   *
   * @return where that node is, as RabbitMQ tells it if it is another one
   */
  public static HostPort reachLeader(
      Broker broker, HostPort at, Optional<SSLContext> tls, String title, String stream)
      throws IOException {
    try (StreamConnection connection = StreamConnection.open(broker, at, tls, title)) {
      Optional<HostPort> elsewhere = leader(connection, stream);
      if (elsewhere.isPresent()) {
        openLeader(broker, elsewhere.get(), tls, title).close();
      }
      return elsewhere.orElse(at);
    }
  }

  private static StreamConnection openLeader(
      Broker broker, HostPort leader, Optional<SSLContext> tls, String title) throws IOException {
    StreamConnection connection;
    try {
      connection = StreamConnection.open(broker, leader, tls, title);
    } catch (SocketException | UnknownHostException | SocketTimeoutException | EOFException e) {
      throw new LeaderNotReached(leader, e);
    }
    Optional<HostPort> there = connection.advertised();
    if (there.isPresent() && !there.get().equals(leader)) {
      connection.close();
      throw new LeaderNotReached(leader, new IOException("the node there is " + there.get()));
    }
    return connection;
  }

  /** Where the leader is, if not at the other end of this connection. */
  private static Optional<HostPort> leader(StreamConnection connection, String stream)
      throws IOException {
    ByteBuffer answer =
        connection.askForAny(
            StreamConnection.METADATA, content -> content.int32(1).string(stream), LOOKING);
    int brokers = answer.getInt();
    Map<Short, HostPort> addresses = new HashMap<>();
    for (int i = 0; i < brokers; i++) {
      addresses.put(
          answer.getShort(), new HostPort(StreamConnection.string(answer), answer.getInt()));
    }
    answer.getInt();
    StreamConnection.string(answer);
    int code = Short.toUnsignedInt(answer.getShort());
    if (code != 1) {
      throw new StreamRefusal(code, LOOKING);
    }
    short reference = answer.getShort();
    HostPort leader = reference == NO_LEADER ? null : addresses.get(reference);
    if (leader == null) {
      throw new StreamRefusal(StreamRefusal.Code.STREAM_NOT_AVAILABLE, LOOKING, "no node leads it");
    }
    if (Collections.frequency(addresses.values(), leader) > 1) {
      throw new SharedAddress(leader);
    }
    return Optional.of(leader).filter(at -> !connection.advertised().equals(Optional.of(at)));
  }

  /** Values to filter by are known from RabbitMQ 3.13 on, which says so. */
  private int publishVersion() throws IOException {
    if (connection.version().matches("([012]|3\\.([0-9]|10))\\..*")) {
      return WITHOUT_FILTER;
    }
    ByteBuffer answer =
        connection.ask(
            StreamConnection.EXCHANGE_COMMAND_VERSIONS,
            content ->
                content
                    .int32(1)
                    .int16(StreamConnection.PUBLISH)
                    .int16(WITHOUT_FILTER)
                    .int16(WITH_FILTER),
            "comparing versions");
    int version = WITHOUT_FILTER;
    for (int left = answer.getInt(); left > 0; left--) {
      int key = answer.getShort();
      answer.getShort();
      int newest = answer.getShort();
      if (key == StreamConnection.PUBLISH && newest >= WITH_FILTER) {
        version = WITH_FILTER;
      }
    }
    return version;
  }

  /** A name of a series of ids, cut so that it is short enough. */
  public static String name(String pipeline, String series) {
    StringBuilder name = new StringBuilder(pipeline);
    while (utf8Bytes(name) + 1 + series.length() > MOST_NAME_BYTES) {
      name.setLength(name.length() - 1);
    }
    return name.append('#').append(series).toString();
  }

  private static int utf8Bytes(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  /** The last id of the name when this was opened; 0 if there was none. */
  public long lastId() {
    return lastId;
  }

  /**
   * Whether a message fits into a frame; RabbitMQ's limit for those is 1 MiB by default. On the
   * thread that publishes.
   */
  public boolean takes(Message message, String routingKey) {
    return writer.sizeAtMost(message, routingKey) <= connection.frameBytes();
  }

  /** Hears outcomes from now on, on this thread, until the connection ends. */
  public void listen(Outcomes outcomes) {
    connection.listen(
        new StreamConnection.Listener() {
          @Override
          public void heard(int key, ByteBuffer content) throws IOException {
            switch (key) {
              case StreamConnection.PUBLISH_CONFIRM -> outcomes.confirmed(ids(content));
              case StreamConnection.PUBLISH_ERROR -> throw refused(content);
              case StreamConnection.METADATA_UPDATE -> requireOther(content);
              default -> {
                // Nothing else was asked for.
              }
            }
          }

          @Override
          public void lost(IOException why) {
            outcomes.lost(why);
          }
        });
  }

  private static long[] ids(ByteBuffer content) {
    content.get();
    long[] ids = new long[content.getInt()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = content.getLong();
    }
    return ids;
  }

  private static StreamRefusal refused(ByteBuffer content) {
    content.get();
    content.getInt();
    content.getLong();
    return new StreamRefusal(Short.toUnsignedInt(content.getShort()), "publishing");
  }

  /** The stream was deleted, or has lost its leader: this connection publishes to it no more. */
  private void requireOther(ByteBuffer content) throws StreamRefusal {
    int code = Short.toUnsignedInt(content.getShort());
    if (StreamConnection.string(content).equals(stream)) {
      throw new StreamRefusal(code, "publishing");
    }
  }

  /**
   * Publishes a message that fits. It may be kept back until {@link #flush}. May block while the
   * broker does. One thread at a time.
   *
   * @param id above that of all before it
   * @param filter what readers may choose by, where the broker knows that; null for nothing
   */
  public void publish(long id, Message message, String exchange, String routingKey, String filter)
      throws IOException {
    if (count > 0
        && frame.length() + writer.sizeAtMost(message, routingKey) > connection.frameBytes()) {
      flush();
    }
    if (count == 0) {
      frame.begin(StreamConnection.PUBLISH, version).int8(PUBLISHER).int32(0);
      countAt = frame.length() - Integer.BYTES;
    }
    frame.int64(id);
    if (version == WITH_FILTER) {
      if (filter == null) {
        frame.int16(-1);
      } else {
        frame.string(filter);
      }
    }
    frame.int32(0);
    int start = frame.length();
    writer.write(message, exchange, routingKey);
    frame.putInt32(start - Integer.BYTES, frame.length() - start);
    count++;
    if (frame.length() >= BURST_BYTES) {
      flush();
    }
  }

  /** Sends what was kept back. May block while the broker does. */
  public void flush() throws IOException {
    if (count > 0) {
      frame.putInt32(countAt, count);
      connection.write(frame.end());
      frame.reset();
      count = 0;
    }
  }

  /** Closes the connection at once; what was kept back is not sent. */
  @Override
  public void close() {
    connection.close();
  }
}
