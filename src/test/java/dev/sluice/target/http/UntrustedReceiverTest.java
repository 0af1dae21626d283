package dev.sluice.target.http;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sluice.config.NamedFile;
import dev.sluice.config.TlsFiles;
import dev.sluice.consume.Batch;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.TestAuthority;
import dev.sluice.tls.PemContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UntrustedReceiverTest {
  @TempDir Path directory;

  /** No event is sent to somebody who may be anybody, and the next try would not be better. */
  @Test
  void aCertificateOfAnUnknownAuthorityStopsTheConsumerAndNamesTheRemedy() throws Exception {
    TestAuthority.Issued own = new TestAuthority(directory, "nobody").issue("localhost");
    TlsFiles files =
        new TlsFiles(
            Optional.empty(),
            Optional.of(new NamedFile("certificate", own.certificate())),
            Optional.of(new NamedFile("key", own.key())));
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.setHttpsConfigurator(new HttpsConfigurator(PemContext.of(files)));
    server.start();
    String uri = "https://localhost:" + server.getAddress().getPort() + "/";
    try (Target target = HttpTarget.opener(TargetUri.parse(uri), CallSettings.DEFAULT).open()) {
      assertThatThrownBy(
              () -> target.apply(new Batch(List.of(insert(PLAYS, key(1), position(1), "{}")))))
          .isInstanceOfSatisfying(
              TargetException.class,
              failure -> assertThat(failure.kind()).isEqualTo(TargetException.Kind.UNUSABLE))
          .hasMessageContaining("The certificate of " + uri + " is not trusted")
          .hasMessageContaining("javax.net.ssl.trustStore");
    } finally {
      server.stop(0);
    }
  }
}
