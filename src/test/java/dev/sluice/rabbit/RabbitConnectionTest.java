package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Connection;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RabbitConnectionTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @TempDir private Path directory;

  /** As the client answers where RabbitMQ's channel_max is reached. */
  @Test
  void aBrokerThatAllowsNoMoreChannelsIsToldByASentence() {
    Connection full =
        (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (proxy, method, arguments) -> method.getName().equals("getChannelMax") ? 3 : null);

    assertThatThrownBy(() -> RabbitConnection.channelOn(full))
        .isInstanceOfSatisfying(
            PipelineException.class,
            refused -> assertThat(refused.kind()).isEqualTo(FailureKind.MISCONFIGURED))
        .hasMessage(
            "RabbitMQ allows 3 channels on a connection, and more are needed: raise its channel_max,"
                + " or lower SLUICE_LANES where that is set");
  }

  /** With a key of its own, which it trusts itself. */
  private SSLContext context() throws Exception {
    Path store = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "test",
                "-keyalg",
                "RSA",
                "-dname",
                "CN=localhost",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                String.valueOf(PASSWORD))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD);
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }

  @Test
  void cutsATlsConnectionOffInWhichAWriteHangs() throws Exception {
    SSLContext context = context();
    CountDownLatch over = new CountDownLatch(1);
    try (SSLServerSocket server =
        (SSLServerSocket)
            context
                .getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> readingNothing =
          CompletableFuture.runAsync(
              () -> {
                try (SSLSocket accepted = (SSLSocket) server.accept()) {
                  accepted.startHandshake();
                  over.await();
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      SSLSocket client =
          (SSLSocket)
              context
                  .getSocketFactory()
                  .createSocket(server.getInetAddress(), server.getLocalPort());
      client.startHandshake();
      AtomicLong written = new AtomicLong();
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> {
                try {
                  OutputStream out = client.getOutputStream();
                  for (byte[] some = new byte[1 << 16]; ; written.addAndGet(some.length)) {
                    out.write(some);
                  }
                } catch (IOException e) {
                  // What is wanted: the write is over.
                }
              });
      AtomicLong before = new AtomicLong(-1);
      await()
          .pollInterval(Duration.ofMillis(300))
          .until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());

      CompletableFuture.runAsync(() -> RabbitConnection.cutOff(client)).get(5, TimeUnit.SECONDS);

      writing.get(5, TimeUnit.SECONDS);
      over.countDown();
      readingNothing.get(5, TimeUnit.SECONDS);
    }
  }
}
