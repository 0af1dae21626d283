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
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class UntrustedReceiverTest {
  @TempDir Path directory;
  private TestAuthority authority;
  private HttpsServer server;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private String uri;

  @BeforeEach
  void start() throws Exception {
    authority = new TestAuthority(directory, "nobody");
    TestAuthority.Issued own = authority.issue("localhost");
    TlsFiles files =
        new TlsFiles(
            Optional.empty(),
            Optional.of(new NamedFile("certificate", own.certificate())),
            Optional.of(new NamedFile("key", own.key())));
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    server.setHttpsConfigurator(new HttpsConfigurator(PemContext.of(files)));
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    uri = "https://localhost:" + server.getAddress().getPort() + "/";
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static Target open(String uri) {
    return HttpTarget.opener(TargetUri.parse(uri), CallSettings.DEFAULT).open();
  }

  private static Batch one() {
    return new Batch(List.of(insert(PLAYS, key(1), position(1), "{}")));
  }

  /** No event is sent to somebody who may be anybody, and the next try would not be better. */
  @Test
  void aCertificateOfAnUnknownAuthorityStopsTheConsumerAndNamesTheRemedy() {
    try (Target target = open(uri)) {
      assertThatThrownBy(() -> target.apply(one()))
          .isInstanceOfSatisfying(
              TargetException.class,
              failure -> assertThat(failure.kind()).isEqualTo(TargetException.Kind.UNUSABLE))
          .hasMessageContaining("The certificate of " + uri + " is not trusted")
          .hasMessageContaining("sluice.ca=FILE");
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void anAuthorityThatIsNamedIsTrustedAndTheReceiverDoesNotHearOfIt() {
    String named = "sluice.ca=" + authority.certificate();
    for (String query : List.of(named, "token=a%26b&" + named + "&x", named + "&x=1")) {
      try (Target target = open(uri + "hook?" + query)) {
        target.apply(one());
      }
    }
    assertThat(asked).containsExactly("/hook", "/hook?token=a%26b&x", "/hook?x=1");
  }

  @Test
  void whatIsWrongAboutTheAuthorityIsSaidAtOnce() {
    for (String wrong : List.of("sluice.ca", "sluice.ca=a&sluice.ca=b", "sluice.key=x")) {
      assertThatThrownBy(() -> open(uri + "?" + wrong))
          .isInstanceOf(TargetException.class)
          .hasMessageContaining("sluice.ca");
    }
    assertThatThrownBy(() -> open(uri + "?sluice.ca=no-such-file"))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("The target's parameter sluice.ca")
        .hasMessageContaining("no-such-file");
    assertThatThrownBy(() -> open("http://localhost:1/?sluice.ca=a"))
        .isInstanceOf(TargetException.class)
        .hasMessageContaining("write https://");
  }
}
