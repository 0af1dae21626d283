package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsSettingsTest {
  private static final String URI = "mongodb://me:hush@host/?replicaSet=x";

  private static Settings read(Map<String, String> environment) {
    return SettingsReader.read(environment, Path.of("no-such-file"));
  }

  private static List<String> problems(Map<String, String> environment) {
    return catchThrowableOfType(WrongSettings.class, () -> read(environment)).problems();
  }

  @Test
  void thereIsNoTlsUnlessItIsAskedFor() {
    Settings settings = read(Map.of());

    assertThat(settings.rabbit().tls()).isFalse();
    assertThat(settings.rabbit().broker().tlsFiles().any()).isFalse();
    assertThat(settings.mongo().tlsFiles().any()).isFalse();
  }

  @Test
  void oneFileMakesItTls() {
    Settings settings =
        read(
            Map.of(
                "RABBITMQ_TLS_CA_FILE", "ca.pem",
                "MONGO_DATABASE_TLS_CERT_FILE", "own.pem",
                "MONGO_DATABASE_TLS_KEY_FILE", "own.pem"));

    assertThat(settings.rabbit().tls()).isTrue();
    assertThat(settings.rabbit().broker().tlsFiles().authorities())
        .contains(new NamedFile("RABBITMQ_TLS_CA_FILE", Path.of("ca.pem")));
    assertThat(settings.mongo().tlsFiles().any()).isTrue();
    assertThat(settings.mongo().tlsFiles().key())
        .contains(new NamedFile("MONGO_DATABASE_TLS_KEY_FILE", Path.of("own.pem")));
  }

  @Test
  void anAddressInPlaintextIsRefusedBesideThem() {
    assertThat(problems(Map.of("RABBITMQ_TLS_CA_FILE", "x", "RABBITMQ_URI", "amqp://me:hush@host")))
        .singleElement()
        .asString()
        .startsWith("RABBITMQ_URI begins with amqp://, which is without TLS")
        .doesNotContain("hush");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tls=false", "ssl=FALSE", "w=1&TLS=false", "w=1;ssl=false"})
  void aMongoUriThatSwitchesTlsOffIsRefusedBesideThem(String options) {
    assertThat(
            problems(
                Map.of(
                    "MONGO_DATABASE_TLS_CA_FILE", "x", "MONGO_DATABASE_HOST", URI + "&" + options)))
        .singleElement()
        .asString()
        .contains("=false, and the MONGO_DATABASE_TLS_ files are for TLS")
        .doesNotContain("hush");
    assertThat(read(Map.of("MONGO_DATABASE_HOST", URI + "&" + options))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tlsInsecure=true",
        "tlsAllowInvalidHostnames=true",
        "tls=true&tlsallowinvalidcertificates=true",
        "sslInvalidHostNameAllowed=1"
      })
  void anOptionThatSwitchesTheCheckOffIsRefused(String options) {
    assertThat(problems(Map.of("MONGO_DATABASE_HOST", URI + "&" + options)))
        .singleElement()
        .asString()
        .startsWith("MONGO_DATABASE_HOST has the option ")
        .contains("which would let anybody pass for the server")
        .doesNotContain("hush");
    assertThat(
            read(
                Map.of("MONGO_DATABASE_HOST", URI + "&" + options.replaceAll("=[^=]*$", "=false"))))
        .isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"CERT_FILE, KEY_FILE", "KEY_FILE, CERT_FILE"})
  void aCertificateAndItsKeyGoTogether(String given, String missing) {
    for (String server : List.of("RABBITMQ_TLS_", "MONGO_DATABASE_TLS_")) {
      assertThat(problems(Map.of(server + given, "x.pem")))
          .containsExactly(
              "%1$s%2$s needs %1$s%3$s: a certificate and its key go together."
                  .formatted(server, given, missing));
    }
  }

  /** It would leave TLS off without a word. */
  @Test
  void aMistypedKeyIsRefusedWhereverItStands() {
    Map<String, String> environment = new HashMap<>();
    environment.put("RABBITMQ_TLS_CAFILE", "x");
    environment.put("MONGO_DATABASE_TLS_CAFILE", "x");

    assertThat(problems(environment))
        .containsExactly(
            "MONGO_DATABASE_TLS_CAFILE is no setting: did you mean MONGO_DATABASE_TLS_CA_FILE?",
            "RABBITMQ_TLS_CAFILE is no setting: did you mean RABBITMQ_TLS_CA_FILE?");
  }
}
