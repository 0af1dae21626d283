package dev.sluice.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.HostPort;
import dev.sluice.config.NamedFile;
import dev.sluice.config.TlsFiles;
import dev.sluice.testing.TestAuthority;
import dev.sluice.testing.TestAuthority.Issued;
import dev.sluice.tls.PemContext;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

class TlsCheckTest {
  private static final String HERE = "127.0.0.1";

  @TempDir private Path directory;
  private TestAuthority authority;

  @BeforeEach
  void foundAnAuthority() {
    authority = new TestAuthority(directory, "authority");
  }

  /** Shakes hands with whoever comes. */
  private final class Server implements AutoCloseable {
    private final SSLServerSocket socket;

    Server(Issued certificate) throws IOException {
      SSLContext context =
          PemContext.of(
              new TlsFiles(
                  Optional.empty(),
                  Optional.of(new NamedFile("CERT", certificate.certificate())),
                  Optional.of(new NamedFile("KEY", certificate.key()))));
      socket =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 5, InetAddress.getByName(HERE));
      Thread serving = new Thread(this::serve, "test-tls-server");
      serving.setDaemon(true);
      serving.start();
    }

    private void serve() {
      while (!socket.isClosed()) {
        try (SSLSocket client = (SSLSocket) socket.accept()) {
          client.startHandshake();
          client.getInputStream().read();
        } catch (IOException refusedOrClosed) {
          // The client says why.
        }
      }
    }

    HostPort address() {
      return new HostPort(HERE, socket.getLocalPort());
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private Finding look(Clock clock, HostPort... hosts) {
    Supplier<SSLContext> trusting =
        () ->
            PemContext.of(
                new TlsFiles(
                    Optional.of(new NamedFile("CA", authority.certificate())),
                    Optional.empty(),
                    Optional.empty()));
    return check(clock, Optional.of(trusting), hosts).look().block();
  }

  private static TlsCheck check(
      Clock clock, Optional<Supplier<SSLContext>> tls, HostPort... hosts) {
    return new TlsCheck(
        "mongodb tls",
        Mono.just(List.of(hosts)),
        tls,
        "MONGO_DATABASE_TLS_",
        clock,
        Schedulers.immediate());
  }

  @Test
  void aCertificateIsShownWithItsNamesAndItsEnd() throws IOException {
    // Those of the test end after a day.
    Clock longBefore = Clock.offset(Clock.systemUTC(), Duration.ofDays(-60));
    try (Server server = new Server(authority.issue(HERE, "localhost"))) {
      Finding found = look(longBefore, server.address());

      assertThat(found.verdict()).as(found.toString()).isEqualTo(Verdict.OK);
      assertThat(found.details()).singleElement().asString().contains("valid until", "localhost");
    }
  }

  @Test
  void aCertificateThatEndsSoonIsAWarning() throws IOException {
    try (Server server = new Server(authority.issue(HERE))) {
      Finding found = look(Clock.systemUTC(), server.address());

      assertThat(found.verdict()).isEqualTo(Verdict.WARNING);
      assertThat(found.sentence()).contains("within 30 days", "renew it");
    }
  }

  @Test
  void aServerWithAnotherNameAndAnUntrustedOneAreNamedWithTheReason() throws IOException {
    TestAuthority stranger = new TestAuthority(directory, "stranger");
    try (Server misnamed = new Server(authority.issue("elsewhere.example"));
        Server untrusted = new Server(stranger.issue(HERE))) {
      Finding found = look(Clock.systemUTC(), misnamed.address(), untrusted.address());

      assertThat(found.verdict()).isEqualTo(Verdict.WARNING);
      assertThat(found.details().get(0)).contains("is not for the name under which we reach it");
      assertThat(found.details().get(1)).contains("MONGO_DATABASE_TLS_CA_FILE");
    }
  }

  @Test
  void withoutTlsAPublicNetworkIsAWarningAndAPrivateOneIsNone() {
    assertThat(withoutTls("127.0.0.1", "10.1.2.3", "192.168.0.1", "fd00::1")).isEqualTo(Verdict.OK);
    assertThat(withoutTls("127.0.0.1", "203.0.113.7")).isEqualTo(Verdict.WARNING);
  }

  private static Verdict withoutTls(String... hosts) {
    HostPort[] addresses =
        List.of(hosts).stream().map(host -> new HostPort(host, 1)).toArray(HostPort[]::new);
    return check(Clock.systemUTC(), Optional.empty(), addresses).look().block().verdict();
  }
}
