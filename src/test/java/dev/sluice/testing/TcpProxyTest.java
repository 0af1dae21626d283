package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.testing.TcpProxy.Direction;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
  private static final int MOMENT_MILLIS = 200;

  private Echo echo;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new Echo();
    proxy = TcpProxy.to("127.0.0.1", echo.port());
  }

  @AfterEach
  void close() throws IOException {
    proxy.close();
    echo.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("tcp-proxy-"));
  }

  @Test
  void forwardsBothWays() throws IOException {
    try (Socket client = connect();
        Socket another = connect()) {
      assertThat(ask(client, "hello")).isEqualTo("hello");
      assertThat(ask(another, "x".repeat(100_000))).hasSize(100_000);
      assertThat(proxy.connections()).isEqualTo(2);
    }
    await().until(() -> proxy.connections() == 0);
  }

  @Test
  void passesAnEndOn() throws IOException {
    try (Socket client = connect()) {
      send(client, "last");
      client.shutdownOutput();

      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("last");
    }
  }

  @Test
  void seversAllConnectionsAbruptlyAndTakesNewOnes() throws IOException {
    Socket client = connect();
    assertThat(ask(client, "hello")).isEqualTo("hello");

    proxy.sever();

    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
    assertThat(proxy.connections()).isZero();
    try (Socket again = connect()) {
      assertThat(ask(again, "hello")).isEqualTo("hello");
    }
  }

  @Test
  void freezesWithoutClosingAndLosesNothing() throws IOException {
    try (Socket client = connect()) {
      assertThat(ask(client, "one")).isEqualTo("one");

      proxy.freeze();
      send(client, "two");
      assertThatHearsNothing(client);

      proxy.thaw();
      assertThat(hear(client, 3)).isEqualTo("two");
    }
  }

  @Test
  void freezesOneDirectionAlone() throws IOException {
    try (Socket client = connect()) {
      proxy.freeze(Direction.SERVER_TO_CLIENT);
      send(client, "arrives");

      await().until(() -> echo.heard().equals("arrives"));
      assertThatHearsNothing(client);

      proxy.thaw();
      assertThat(hear(client, 7)).isEqualTo("arrives");
    }
  }

  @Test
  void dropsBytesForGood() throws IOException {
    try (Socket client = connect()) {
      proxy.dropBytes(Direction.CLIENT_TO_SERVER);
      send(client, "lost");
      assertThatHearsNothing(client);
      proxy.thaw();

      assertThat(ask(client, "found")).isEqualTo("found");
      assertThat(echo.heard()).isEqualTo("found");
    }
  }

  @Test
  void swallowsTheAnswersAfterSoManyBytes() throws IOException {
    try (Socket client = connect()) {
      proxy.swallowServerToClient(4);

      send(client, "answer");

      assertThat(hear(client, 4)).isEqualTo("answ");
      assertThatHearsNothing(client);
      assertThat(echo.heard()).isEqualTo("answer");
    }
  }

  @Test
  void refusesNewConnectionsAndKeepsTheOthers() throws IOException {
    try (Socket client = connect()) {
      assertThat(ask(client, "before")).isEqualTo("before");

      proxy.refuse();

      assertThatThrownBy(this::connect).hasMessageContaining("refused");
      assertThat(ask(client, "meanwhile")).isEqualTo("meanwhile");

      proxy.accept();
      try (Socket again = connect()) {
        assertThat(ask(again, "after")).isEqualTo("after");
      }
    }
  }

  @Test
  void resetsWhoComesWhileNobodyIsBehindIt() throws IOException {
    echo.close();
    try (Socket client = connect()) {
      assertThatThrownBy(
              () -> {
                send(client, "anybody?");
                client.getInputStream().read();
              })
          .isInstanceOf(SocketException.class);
    }
  }

  @Test
  void seversWhatIsFrozen() throws IOException {
    Socket client = connect();
    assertThat(ask(client, "hello")).isEqualTo("hello");
    proxy.freeze();
    send(client, "held");

    proxy.sever();

    assertThat(proxy.connections()).isZero();
    client.close();
  }

  private Socket connect() throws IOException {
    return new Socket(proxy.host(), proxy.port());
  }

  private static String ask(Socket client, String text) throws IOException {
    send(client, text);
    return hear(client, text.length());
  }

  private static void send(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String hear(Socket client, int bytes) throws IOException {
    client.setSoTimeout(10_000);
    return new String(client.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
  }

  private static void assertThatHearsNothing(Socket client) throws IOException {
    client.setSoTimeout(MOMENT_MILLIS);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
  }

  /** A server that says what it hears. */
  private static final class Echo implements AutoCloseable {
    private final ServerSocket listener =
        new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Thread acceptor;
    private final StringBuffer heard = new StringBuffer();

    Echo() throws IOException {
      acceptor = TcpProxy.start("echo", this::serve);
    }

    int port() {
      return listener.getLocalPort();
    }

    String heard() {
      return heard.toString();
    }

    private void serve() {
      while (!listener.isClosed()) {
        try {
          Socket socket = listener.accept();
          sockets.add(socket);
          TcpProxy.start("echo", () -> answer(socket));
        } catch (IOException closed) {
          return;
        }
      }
    }

    private void answer(Socket socket) {
      byte[] chunk = new byte[1024];
      try (socket;
          InputStream in = socket.getInputStream()) {
        for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
          heard.append(new String(chunk, 0, read, StandardCharsets.US_ASCII));
          socket.getOutputStream().write(chunk, 0, read);
        }
      } catch (IOException closed) {
        // The test is over, or severed it.
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
      // Until its thread has left accept(), a closed listener still takes connections.
      TcpProxy.join(acceptor);
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
