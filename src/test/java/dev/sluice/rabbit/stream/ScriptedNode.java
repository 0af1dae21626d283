package dev.sluice.rabbit.stream;

import dev.sluice.config.HostPort;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/** Answers one connection of the stream protocol as a test wants, up to a publisher. */
final class ScriptedNode implements AutoCloseable {
  static final String STREAM = "plays";

  private static final int QUERY_PUBLISHER_SEQUENCE = 5;
  private static final int PEER_PROPERTIES = 17;
  private static final int SASL_AUTHENTICATE = 19;
  private static final int TUNE = 20;
  private static final int OPEN = 21;
  private static final int RESPONSE = 0x8000;
  private static final int OK = 1;
  private static final int REFERENCE = 7;

  private final ServerSocket node = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
  private final Queue<HostPort> leaders = new ArrayDeque<>();
  private final CompletableFuture<Void> served;
  private volatile List<HostPort> followers = List.of();
  private volatile HostPort advertised = address();
  private volatile String said = "";

  ScriptedNode() throws IOException {
    served = CompletableFuture.runAsync(this::serve);
  }

  HostPort address() {
    return new HostPort("127.0.0.1", node.getLocalPort());
  }

  /** Who leads the stream, asked for the first time, the second time and so on. */
  ScriptedNode tells(HostPort... leader) {
    leaders.addAll(List.of(leader));
    return this;
  }

  ScriptedNode withFollowersAt(HostPort... addresses) {
    followers = List.of(addresses);
    return this;
  }

  ScriptedNode advertises(HostPort address) {
    advertised = address;
    return this;
  }

  /** Says this, whatever it hears. */
  ScriptedNode says(String latin1) {
    said = latin1;
    return this;
  }

  private void serve() {
    try (Socket socket = node.accept();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream()) {
      while (true) {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        if (!said.isEmpty()) {
          out.write(said.getBytes(StandardCharsets.ISO_8859_1));
          return;
        }
        ByteBuffer asked = ByteBuffer.wrap(frame);
        int key = Short.toUnsignedInt(asked.getShort());
        asked.getShort();
        if ((key & RESPONSE) == 0) {
          answer(key, asked.getInt()).writeTo(out);
        }
        if (key == SASL_AUTHENTICATE) {
          new FrameBuffer().begin(TUNE).int32(0).int32(0).end().writeTo(out);
        }
        out.flush();
      }
    } catch (IOException closed) {
      // The other side is done, or nobody has come.
    }
  }

  private FrameBuffer answer(int key, int question) {
    FrameBuffer answer = new FrameBuffer().begin(key | RESPONSE).int32(question);
    return switch (key) {
      case StreamConnection.METADATA -> metadata(answer).end();
      case PEER_PROPERTIES -> answer.int16(OK).strings(Map.of("version", "3.10.8")).end();
      case OPEN ->
          answer
              .int16(OK)
              .strings(
                  Map.of(
                      "advertised_host",
                      advertised.host(),
                      "advertised_port",
                      Integer.toString(advertised.port())))
              .end();
      case QUERY_PUBLISHER_SEQUENCE -> answer.int16(OK).int64(0).end();
      default -> answer.int16(OK).int32(0).end();
    };
  }

  private FrameBuffer metadata(FrameBuffer answer) {
    HostPort leader = leaders.remove();
    answer.int32(1 + followers.size());
    answer.int16(REFERENCE).string(leader.host()).int32(leader.port());
    for (int i = 0; i < followers.size(); i++) {
      HostPort follower = followers.get(i);
      answer.int16(REFERENCE + 1 + i).string(follower.host()).int32(follower.port());
    }
    return answer.int32(1).string(STREAM).int16(OK).int16(REFERENCE).int32(0);
  }

  @Override
  public void close() {
    try {
      node.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    served.join();
  }
}
