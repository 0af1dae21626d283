package dev.sluice.it;

import dev.sluice.testing.RabbitNode;
import dev.sluice.testing.TestAuthority;
import dev.sluice.testing.TestAuthority.Issued;
import dev.sluice.testing.TlsRabbitNode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What can be wrong with TLS to RabbitMQ: each ends in one sentence and with 3. Most are shown by
 * {@code tail}, which needs no MongoDB.
 */
class RabbitTlsIT {
  @TempDir private static Path directory;
  private static TestAuthority authority;
  private static Issued client;
  private static TlsRabbitNode rabbit;

  @BeforeAll
  static void startNode() {
    Assumptions.assumeTrue(
        RabbitNode.installation().isPresent(), "needs an installed rabbitmq-server");
    authority = new TestAuthority(directory, "authority");
    client = authority.issue("client.example");
    rabbit = TlsRabbitNode.launch(authority, directory);
  }

  @AfterAll
  static void stopNode() {
    if (rabbit != null) {
      rabbit.close();
    }
  }

  private static EndedCommand tail(String uri, Map<String, Path> files) {
    return EndedCommand.of(settings(uri, files), "tail", "--count=1");
  }

  private static Map<String, String> settings(String uri, Map<String, Path> files) {
    Map<String, String> environment = new HashMap<>();
    environment.put("RABBITMQ_URI", uri);
    files.forEach((key, path) -> environment.put("RABBITMQ_TLS_" + key, path.toString()));
    return environment;
  }

  private static Map<String, Path> files(Path authorities, Issued own) {
    return Map.of("CA_FILE", authorities, "CERT_FILE", own.certificate(), "KEY_FILE", own.key());
  }

  private static void assertEndsWithThree(
      Issued shown, Map<String, Path> files, String sentencePart) {
    rabbit.show(shown);
    tail(rabbit.uri(), files)
        .assertOneSentence(
            3, "There is no TLS with RabbitMQ at 127.0.0.1:" + rabbit.port(), sentencePart);
  }

  @Test
  void aBrokerWhoseAuthorityNobodyNamedIsNotTrusted() {
    TestAuthority other = new TestAuthority(directory, "other");

    assertEndsWithThree(
        authority.issue("127.0.0.1"),
        files(other.certificate(), client),
        "comes from nobody whom we trust: name the authority that issued it by"
            + " RABBITMQ_TLS_CA_FILE");
    assertEndsWithThree(authority.issue("127.0.0.1"), Map.of(), "comes from nobody whom we trust");
  }

  @Test
  void aCertificateForAnotherHostIsRefused() {
    assertEndsWithThree(
        authority.issue("elsewhere.example", "192.0.2.1"),
        files(authority.certificate(), client),
        "is not for the name under which we reach it");
  }

  @Test
  void anExpiredCertificateOfTheBrokerIsNamedAsSuch() {
    assertEndsWithThree(
        authority.issueExpired("127.0.0.1"),
        files(authority.certificate(), client),
        "its certificate has expired");
  }

  /**
   * The broker says why and closes the connection at once, and then its words can get lost: so they
   * are listened for in several attempts.
   */
  private static void assertRunsEndWithThree(Map<String, Path> files, String sentencePart) {
    rabbit.show(authority.issue("127.0.0.1"));
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings(rabbit.uri(), files))) {
      EndedCommand.of(sluice.environment(), "run")
          .assertOneSentence(
              3, "There is no TLS with RabbitMQ at 127.0.0.1:" + rabbit.port(), sentencePart);
    }
  }

  @Test
  void aMissingClientCertificateIsAskedFor() {
    assertRunsEndWithThree(
        Map.of("CA_FILE", authority.certificate()), "it may want a client certificate");
  }

  @Test
  void aClientCertificateThatTheBrokerDoesNotTrustIsNotEnough() {
    TestAuthority other = new TestAuthority(directory, "stranger");

    assertRunsEndWithThree(
        files(authority.certificate(), other.issue("client.example")),
        "it may want a client certificate from an authority that it trusts");
  }

  @Test
  void aPortWithTlsThatIsSpokenToWithoutIsNamedAsSuch() {
    tail(rabbit.uri().replace("amqps:", "amqp:"), Map.of())
        .assertOneSentence(
            3,
            "speaks no AMQP 0-9-1: check host and port, and if the port speaks TLS use amqps://");
  }

  @Test
  void aPortWithoutTlsIsNamedAsSuch() {
    tail(rabbit.uri(rabbit.node().port()), files(authority.certificate(), client))
        .assertOneSentence(3, "what it answers is no TLS: use the port that speaks it");
  }
}
