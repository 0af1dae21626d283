package dev.sluice.target.opensearch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.sluice.config.NamedFile;
import dev.sluice.config.TlsFiles;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetException.Kind;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.TestAuthority;
import dev.sluice.tls.PemContext;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of answers that a server gives in bad days; here somebody else gives them. */
class ServerFailuresTest {
  private static final String PASSWORD = "p@ss/word%";
  private static final String LOGIN = "sluice:p%40ss%2Fword%25@";
  private static final String NODE =
      "{\"version\": {\"distribution\": \"opensearch\", \"number\": \"2.19.4\"}}";

  private final AtomicReference<String> authorization = new AtomicReference<>();

  @TempDir private Path directory;

  private HttpServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop(0);
    }
  }

  private void answer(int status, String body) throws IOException {
    answer(HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0), status, body);
  }

  private void answer(HttpServer made, int status, String body) {
    server = made;
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          authorization.set(exchange.getRequestHeaders().getFirst("Authorization"));
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  private Target.Opener opener(String scheme, String parameters) {
    String uri = scheme + "://" + LOGIN + "127.0.0.1:" + server.getAddress().getPort();
    return new OpenSearchStore(OpenSearchParameters.of(TargetUri.parse(uri + parameters)));
  }

  private static void assertFails(Kind kind, String saying, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TargetException.class, failure -> assertThat(failure.kind()).isEqualTo(kind))
        .hasMessageContaining(saying)
        .hasMessageNotContaining(PASSWORD)
        .hasMessageNotContaining(LOGIN)
        .hasMessageNotContaining("Basic");
  }

  @ParameterizedTest
  @CsvSource({
    "401, security_exception, UNUSABLE, refuses the login",
    "403, security_exception, UNUSABLE, lets this login not do that",
    "403, cluster_block_exception, UNAVAILABLE, has a block",
    "404, none, UNUSABLE, neither OpenSearch nor Elasticsearch",
    "413, none, REFUSED, http.max_content_length",
    "429, rejected_execution_exception, UNAVAILABLE, does not do that now",
    "429, cluster_block_exception, UNAVAILABLE, has a block",
    "302, none, UNUSABLE, refuses a request",
    "500, none, UNAVAILABLE, does not do that now",
    "503, master_not_discovered_exception, UNAVAILABLE, does not do that now"
  })
  void tellsWhatGoesAwayFromWhatSomebodyHasToMend(int status, String type, Kind kind, String said)
      throws IOException {
    answer(status, "{\"error\": {\"type\": \"" + type + "\", \"reason\": \"so\"}}");

    assertFails(kind, said, () -> opener("opensearch+http", "").open());
  }

  @Test
  void doesWithThePageOfAProxy() throws IOException {
    answer(502, "<html>Bad Gateway</html>");

    assertFails(Kind.UNAVAILABLE, "502", () -> opener("elasticsearch+http", "").open());
  }

  @Test
  void wantsAServerThatIsNewEnough() throws IOException {
    answer(200, "{\"version\": {\"number\": \"6.8.23\"}}");

    assertFails(Kind.UNUSABLE, "is too old", () -> opener("elasticsearch+http", "").open());
  }

  @Test
  void trustsTheAuthorityThatItIsToldAndNobodyElse() throws IOException {
    TestAuthority authority = new TestAuthority(directory, "authority");
    TestAuthority.Issued own = authority.issue("127.0.0.1");
    HttpsServer secure = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    secure.setHttpsConfigurator(
        new HttpsConfigurator(
            PemContext.of(
                new TlsFiles(
                    Optional.empty(),
                    Optional.of(new NamedFile("certificate", own.certificate())),
                    Optional.of(new NamedFile("key", own.key()))))));
    answer(secure, 200, NODE);

    assertFails(Kind.UNUSABLE, "by ca=FILE", () -> opener("opensearch+https", "").open());
    String ca = "?ca=" + authority.certificate();
    // It is trusted, and what it says next is not what a server of indices would.
    assertThatThrownBy(() -> opener("opensearch+https", ca).open().apply(null))
        .isInstanceOf(NullPointerException.class);
    assertThat(authorization.get()).startsWith("Basic ");
  }

  @Test
  void saysWhatIsWrongWithTheParameters() throws IOException {
    answer(200, NODE);
    assertFails(
        Kind.UNUSABLE, "no parameter indices", () -> opener("opensearch+http", "?indices=a"));
    assertFails(
        Kind.UNUSABLE, "parameter index has", () -> opener("opensearch+http", "?index=Plays"));
    assertFails(Kind.UNUSABLE, "ca is for TLS", () -> opener("opensearch+http", "?ca=a.pem"));
    assertFails(Kind.UNUSABLE, "does not exist", () -> opener("opensearch+https", "?ca=/none.pem"));
    assertFails(Kind.UNUSABLE, "markers", () -> opener("opensearch+http", "?markers=soon"));
    assertFails(
        Kind.UNUSABLE,
        "is written as",
        () -> OpenSearchParameters.of(TargetUri.parse("opensearch+http:host")));
    Path broken = Files.writeString(directory.resolve("broken.pem"), "nothing");
    assertFails(Kind.UNUSABLE, "no certificate", () -> opener("opensearch+https", "?ca=" + broken));
  }
}
