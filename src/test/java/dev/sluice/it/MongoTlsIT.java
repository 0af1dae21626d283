package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.embedded.mongo.EmbeddedReplicaSet;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.testing.FreePorts;
import dev.sluice.testing.TestAuthority;
import dev.sluice.testing.TestAuthority.Issued;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What can be wrong with TLS to MongoDB: each ends in one sentence and with 3. Against embedded
 * sets, also where there is a real one: each test needs servers with a certificate of its own.
 */
class MongoTlsIT {
  @TempDir private Path directory;
  private TestAuthority authority;

  @BeforeEach
  void foundAnAuthority() {
    authority = new TestAuthority(directory, "authority");
  }

  private SslContextBuilder showing(Issued certificate) {
    return SslContextBuilder.forServer(
            certificate.certificate().toFile(), certificate.key().toFile())
        .trustManager(authority.certificate().toFile());
  }

  private static EmbeddedReplicaSet set(SslContextBuilder tls) throws SSLException {
    return EmbeddedReplicaSet.builder().name("tls").tls(tls.build()).start();
  }

  private static Map<String, String> settings(EmbeddedReplicaSet set, Map<String, Path> files) {
    Map<String, String> environment = new HashMap<>();
    // Long enough for a handshake on a busy machine, and not the five seconds that it takes else.
    environment.put("MONGO_DATABASE_HOST", set.uri() + "&serverSelectionTimeoutMS=3000");
    environment.put("RABBITMQ_URI", "amqp://guest:guest@127.0.0.1:" + FreePorts.one());
    files.forEach((key, path) -> environment.put("MONGO_DATABASE_TLS_" + key, path.toString()));
    return environment;
  }

  private static void assertEndsWithThree(
      EmbeddedReplicaSet set, Map<String, Path> files, String sentencePart) {
    EndedCommand.of(settings(set, files), "run")
        .assertOneSentence(3, "There is no TLS with MongoDB at localhost:", sentencePart);
  }

  /**
   * A server that refuses says why and hangs up. While more of the handshake is on its way to it,
   * the end of the connection can overtake what it says (RFC 1122, 4.2.2.13), on a busy machine
   * each time. Then it is waited for, and the line names the certificate too.
   */
  private static void assertAsksForACertificate(EmbeddedReplicaSet set, Map<String, Path> files)
      throws Exception {
    try (PipelineUnderTest sluice = new PipelineUnderTest(settings(set, files))) {
      sluice.launch();
      await()
          .atMost(PipelineUnderTest.PATIENCE)
          .until(() -> sluice.ended().isDone() || !sluice.states.isEmpty());
      if (sluice.states.get(0).startsWith("BACKING_OFF")) {
        assertThat(sluice.states.get(0))
            .contains("it wants another client certificate (MONGO_DATABASE_TLS_CERT_FILE)");
      } else {
        assertThat(sluice.awaitFailed(FailureKind.MISCONFIGURED))
            .hasMessageStartingWith("There is no TLS with MongoDB at localhost:")
            .hasMessageContaining("it may want a client certificate");
      }
    }
  }

  @Test
  void aSetWhoseAuthorityNobodyNamedIsNotTrusted() throws Exception {
    TestAuthority other = new TestAuthority(directory, "other");
    try (EmbeddedReplicaSet set = set(showing(authority.issue("localhost")))) {
      assertEndsWithThree(
          set,
          Map.of("CA_FILE", other.certificate()),
          "comes from nobody whom we trust: name the authority that issued it by"
              + " MONGO_DATABASE_TLS_CA_FILE");
      assertEndsWithThree(set, Map.of(), "comes from nobody whom we trust");
    }
  }

  @Test
  void aCertificateForAnotherHostIsRefused() throws Exception {
    try (EmbeddedReplicaSet set = set(showing(authority.issue("elsewhere.example")))) {
      assertEndsWithThree(
          set,
          Map.of("CA_FILE", authority.certificate()),
          "is not for the name under which we reach it");
    }
  }

  @Test
  void anExpiredCertificateOfTheSetIsNamedAsSuch() throws Exception {
    try (EmbeddedReplicaSet set = set(showing(authority.issueExpired("localhost")))) {
      assertEndsWithThree(
          set, Map.of("CA_FILE", authority.certificate()), "its certificate has expired");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aMissingClientCertificateIsAskedFor(String version) throws Exception {
    try (EmbeddedReplicaSet set =
        set(
            showing(authority.issue("localhost"))
                .clientAuth(ClientAuth.REQUIRE)
                .protocols(version))) {
      assertAsksForACertificate(set, Map.of("CA_FILE", authority.certificate()));
    }
  }

  @Test
  void aClientCertificateThatTheSetDoesNotTrustIsNotEnough() throws Exception {
    Issued client = new TestAuthority(directory, "stranger").issue("client.example");
    try (EmbeddedReplicaSet set =
        set(showing(authority.issue("localhost")).clientAuth(ClientAuth.REQUIRE))) {
      assertAsksForACertificate(
          set,
          Map.of(
              "CA_FILE",
              authority.certificate(),
              "CERT_FILE",
              client.certificate(),
              "KEY_FILE",
              client.key()));
    }
  }

  /** It hangs up on what it cannot read, which a server that is on its way down does as well. */
  @Test
  void aSetWithoutTlsIsWaitedForAndTheLineSaysWhy() throws Exception {
    try (EmbeddedReplicaSet set = EmbeddedReplicaSet.builder().name("plain").start();
        PipelineUnderTest sluice =
            new PipelineUnderTest(settings(set, Map.of("CA_FILE", authority.certificate())))) {
      sluice.launch();

      await().until(() -> !sluice.states.isEmpty());
      assertThat(sluice.states.get(0))
          .startsWith("BACKING_OFF: MongoDB at localhost:")
          .contains("hangs up during the TLS handshake", "the port does not speak TLS");
      assertThat(sluice.ended()).isNotDone();
    }
  }
}
