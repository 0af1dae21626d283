package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.AmqpKeys;
import dev.sluice.config.Broker;
import dev.sluice.config.ExchangeType;
import dev.sluice.config.HostPort;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.Secret;
import dev.sluice.config.TlsFiles;
import dev.sluice.config.TopologyMode;
import dev.sluice.config.TopologySettings;
import dev.sluice.pipeline.FailureKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;

class RabbitFailuresTest {
  private static final RabbitSettings SETTINGS =
      new RabbitSettings(
          new Broker(
              List.of(new HostPort("localhost", 5671)),
              true,
              TlsFiles.NONE,
              "user",
              new Secret("x"),
              "/",
              new AmqpKeys("user and password in RABBITMQ_URI", "RABBITMQ_URI"),
              Duration.ofSeconds(5),
              Duration.ofSeconds(10)),
          "e",
          "q",
          new TopologySettings(
              TopologyMode.DECLARE, ExchangeType.TOPIC, QueueType.QUORUM, Map.of(), false));

  private static FailureKind kind(Exception failure) {
    return RabbitFailures.recognise(failure, SETTINGS).kind();
  }

  /** What the client makes of a broker that hangs up after so many bytes of ours. */
  private static Exception hangingUp(boolean tls, int afterBytes) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> hungUp =
          CompletableFuture.runAsync(
              () -> {
                try (Socket client = server.accept()) {
                  client.getInputStream().readNBytes(afterBytes);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      ConnectionFactory factory = new ConnectionFactory();
      factory.setHost(server.getInetAddress().getHostAddress());
      factory.setPort(server.getLocalPort());
      factory.setAutomaticRecoveryEnabled(false);
      if (tls) {
        factory.useSslProtocol(SSLContext.getDefault());
      }
      try (Connection connection = factory.newConnection()) {
        throw new AssertionError("connected to nobody: " + connection);
      } catch (IOException e) {
        return e;
      } finally {
        hungUp.join();
      }
    }
  }

  @Test
  void aBrokerThatHangsUpDuringTheLoginMayBeRestarting() {
    assertThat(kind(new PossibleAuthenticationFailureException(new IOException("reset"))))
        .isEqualTo(FailureKind.TRANSIENT);
  }

  @Test
  void aLoginThatTheBrokerRefusesIsAMisconfiguration() {
    assertThat(kind(new AuthenticationFailureException("refused")))
        .isEqualTo(FailureKind.MISCONFIGURED);
  }

  @Test
  void aBrokerThatHangsUpDuringTheTlsHandshakeMayBeRestarting() throws Exception {
    assertThat(kind(hangingUp(true, 1))).isEqualTo(FailureKind.TRANSIENT);
    assertThat(kind(hangingUp(true, 0))).isEqualTo(FailureKind.TRANSIENT);
  }

  @Test
  void aTlsConnectionThatBreaksIsTransient() {
    assertThat(kind(new SSLException("broken", new java.net.SocketException("Broken pipe"))))
        .isEqualTo(FailureKind.TRANSIENT);
  }

  /** What an open connection cannot read was damaged on its way. */
  @Test
  void aRecordThatCannotBeReadLaterOnIsTransient() {
    ShutdownSignalException lost = new ShutdownSignalException(true, false, null, this);
    lost.initCause(new SSLException("Tag mismatch"));
    assertThat(kind(lost)).isEqualTo(FailureKind.TRANSIENT);

    ShutdownSignalException refused = new ShutdownSignalException(true, false, null, this);
    refused.initCause(new SSLHandshakeException("Received fatal alert: certificate_required"));
    assertThat(kind(refused)).isEqualTo(FailureKind.MISCONFIGURED);
  }

  @Test
  void aCertificateThatIsNotTrustedIsAMisconfiguration() {
    SSLHandshakeException untrusted = new SSLHandshakeException("PKIX path building failed");
    untrusted.initCause(new CertificateException("unknown"));

    assertThat(kind(untrusted)).isEqualTo(FailureKind.MISCONFIGURED);
    assertThat(kind(new SSLException("Unsupported or unrecognized SSL message")))
        .isEqualTo(FailureKind.MISCONFIGURED);
  }

  @Test
  void aRefusedLoginNamesTheKeysThatTheLoginCameBy() {
    assertThat(RabbitFailures.recognise(new AuthenticationFailureException("refused"), SETTINGS))
        .hasMessageContaining("check user and password in RABBITMQ_URI (")
        .hasMessageNotContaining("RABBITMQ_DEFAULT");
  }
}
