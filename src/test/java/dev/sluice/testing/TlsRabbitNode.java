package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * A {@link RabbitNode} with a port that speaks TLS, beside its plain one. It demands a certificate
 * of its clients.
 */
public final class TlsRabbitNode implements AutoCloseable {
  private final TestAuthority.Issued shown;
  private final int port;
  private final int streamPort;
  private final RabbitNode node;

  private TlsRabbitNode(TestAuthority.Issued shown, int port, int streamPort, RabbitNode node) {
    this.shown = shown;
    this.port = port;
    this.streamPort = streamPort;
    this.node = node;
  }

  /**
   * A new node that serves.
   *
   * @param clients whom it trusts to say who a client is
   * @param directory for its certificate and key
   */
  public static TlsRabbitNode launch(TestAuthority clients, Path directory) {
    TestAuthority.Issued shown =
        new TestAuthority.Issued(
            directory.resolve("rabbit-certificate.pem"), directory.resolve("rabbit-key.pem"));
    show(clients.issue("127.0.0.1", "localhost"), shown);
    int port = FreePorts.one();
    int streamPort = FreePorts.one();
    RabbitNode node =
        RabbitNode.launch(
            "listeners.ssl.1 = " + RabbitNode.HOST + ":" + port,
            "stream.listeners.tcp = none",
            "stream.listeners.ssl.1 = " + RabbitNode.HOST + ":" + streamPort,
            "ssl_options.cacertfile = " + clients.certificate(),
            "ssl_options.certfile = " + shown.certificate(),
            "ssl_options.keyfile = " + shown.key(),
            "ssl_options.verify = verify_peer",
            "ssl_options.fail_if_no_peer_cert = true");
    return new TlsRabbitNode(shown, port, streamPort, node);
  }

  /** From now on, new connections are shown this certificate. */
  public void show(TestAuthority.Issued certificate) {
    show(certificate, shown);
    // Erlang keeps what it has read for two minutes.
    node.ctl("eval", "ssl:clear_pem_cache().");
  }

  private static void show(TestAuthority.Issued certificate, TestAuthority.Issued place) {
    try {
      Files.copy(
          certificate.certificate(), place.certificate(), StandardCopyOption.REPLACE_EXISTING);
      Files.copy(certificate.key(), place.key(), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public RabbitNode node() {
    return node;
  }

  public int port() {
    return port;
  }

  /** Of the stream protocol, which it speaks by TLS alone. */
  public int streamPort() {
    return streamPort;
  }

  /** The address in the form that {@code RABBITMQ_URI} takes. */
  public String uri() {
    return uri(port);
  }

  /** The same with the port of something that leads here. */
  public String uri(int way) {
    return "amqps://%s:%s@%s:%d/%%2F"
        .formatted(RabbitNode.USER, RabbitNode.PASSWORD, RabbitNode.HOST, way);
  }

  @Override
  public void close() {
    node.close();
  }
}
