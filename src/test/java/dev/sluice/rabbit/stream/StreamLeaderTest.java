package dev.sluice.rabbit.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.AmqpKeys;
import dev.sluice.config.Broker;
import dev.sluice.config.HostPort;
import dev.sluice.config.Secret;
import dev.sluice.config.TlsFiles;
import dev.sluice.testing.FreePorts;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The way to the node that leads a stream, told by a node that leads to another one. */
class StreamLeaderTest {
  private static final String STREAM = "plays";
  private static final int SASL_AUTHENTICATE = 19;
  private static final int TUNE = 20;
  private static final int RESPONSE = 0x8000;
  private static final int OK = 1;

  /** Answers what is asked up to the leader. */
  private static void serve(Socket socket, HostPort leader) {
    try (socket;
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream()) {
      while (true) {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        ByteBuffer asked = ByteBuffer.wrap(frame);
        int key = Short.toUnsignedInt(asked.getShort());
        asked.getShort();
        if ((key & RESPONSE) == 0) {
          answer(key, asked.getInt(), leader).writeTo(out);
        }
        if (key == SASL_AUTHENTICATE) {
          new FrameBuffer().begin(TUNE).int32(0).int32(0).end().writeTo(out);
        }
        out.flush();
      }
    } catch (EOFException | SocketException closed) {
      // The other side is done.
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FrameBuffer answer(int key, int question, HostPort leader) {
    FrameBuffer answer = new FrameBuffer().begin(key | RESPONSE).int32(question);
    if (key == StreamConnection.METADATA) {
      int reference = 7;
      answer.int32(1).int16(reference).string(leader.host()).int32(leader.port());
      return answer.int32(1).string(STREAM).int16(OK).int16(reference).int32(0).end();
    }
    return answer.int16(OK).int32(0).end();
  }

  private static HostPort reach(HostPort leader) throws IOException {
    try (ServerSocket node = new ServerSocket(0, 2, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> served =
          CompletableFuture.runAsync(
              () -> {
                try {
                  serve(node.accept(), leader);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      HostPort at = new HostPort("127.0.0.1", node.getLocalPort());
      Broker broker =
          new Broker(
              List.of(at),
              false,
              TlsFiles.NONE,
              "user",
              new Secret("x"),
              "/",
              new AmqpKeys("user and password in RABBITMQ_URI", "RABBITMQ_URI"),
              Duration.ofSeconds(5),
              Duration.ofSeconds(10));
      try {
        return StreamProducer.reachLeader(broker, at, Optional.empty(), "test", STREAM);
      } finally {
        served.join();
      }
    }
  }

  @Test
  void aNameThatNobodyKnowsIsTold() {
    HostPort leader = new HostPort("nowhere.invalid", 5552);

    assertThatThrownBy(() -> reach(leader))
        .isInstanceOfSatisfying(
            LeaderNotReached.class, failure -> assertThat(failure.leader()).isEqualTo(leader));
  }

  @Test
  void aPortWhereNobodyListensIsTold() throws IOException {
    HostPort leader = new HostPort("127.0.0.1", FreePorts.one());

    assertThatThrownBy(() -> reach(leader))
        .isInstanceOfSatisfying(
            LeaderNotReached.class, failure -> assertThat(failure.leader()).isEqualTo(leader));
  }
}
