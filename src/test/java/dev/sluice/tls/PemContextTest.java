package dev.sluice.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.config.NamedFile;
import dev.sluice.config.TlsFiles;
import dev.sluice.config.WrongSettings;
import dev.sluice.testing.TestAuthority;
import dev.sluice.testing.TestAuthority.Issued;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemContextTest {
  @TempDir private Path directory;
  private TestAuthority authority;

  @BeforeEach
  void foundAnAuthority() {
    authority = new TestAuthority(directory, "authority");
  }

  private static TlsFiles trusting(Path authorities) {
    return new TlsFiles(
        Optional.of(new NamedFile("X_CA_FILE", authorities)), Optional.empty(), Optional.empty());
  }

  private static TlsFiles being(Path certificate, Path key) {
    return new TlsFiles(
        Optional.empty(),
        Optional.of(new NamedFile("X_CERT_FILE", certificate)),
        Optional.of(new NamedFile("X_KEY_FILE", key)));
  }

  private static String problem(TlsFiles files) {
    return catchThrowableOfType(WrongSettings.class, () -> PemContext.of(files)).getMessage();
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("file.pem"), content);
  }

  @Test
  void withoutFilesItIsTheJvmsOwn() throws Exception {
    assertThat(PemContext.of(TlsFiles.NONE)).isSameAs(SSLContext.getDefault());
  }

  @Test
  void takesKeysOfBothKinds() {
    Issued elliptic = authority.issue("a.example");
    Issued rsa = authority.issueRsa("b.example");

    assertThat(PemContext.of(being(elliptic.certificate(), elliptic.key()))).isNotNull();
    assertThat(PemContext.of(being(rsa.certificate(), rsa.key()))).isNotNull();
  }

  @Test
  void takesOneFileWithEverythingAndTextBetween() throws IOException {
    Issued own = authority.issue("a.example");
    Path all =
        file(
            "subject=CN = a.example\n"
                + Files.readString(own.key())
                + "and\r\n"
                + Files.readString(own.certificate())
                + Files.readString(authority.certificate()));

    assertThat(PemContext.of(being(all, all))).isNotNull();
    assertThat(PemContext.of(trusting(all))).isNotNull();
  }

  @Test
  void saysThatAFileIsMissingOrCannotBeRead() {
    Path missing = directory.resolve("missing.pem");

    assertThat(problem(trusting(missing)))
        .isEqualTo("X_CA_FILE (" + missing + ") does not exist: check the path.");
    assertThat(problem(trusting(directory)))
        .isEqualTo("X_CA_FILE (" + directory + ") cannot be read: make it a readable PEM file.");
  }

  @Test
  void saysThatAFileHoldsNoPem() throws IOException {
    assertThat(problem(trusting(file("\u0030\u0082\u0001"))))
        .contains("X_CA_FILE", "holds no certificate in PEM form", "openssl x509 -inform der");
    assertThat(
            problem(trusting(file("-----BEGIN CERTIFICATE-----\nab=c\n-----END CERTIFICATE-----"))))
        .contains("X_CA_FILE", "is damaged");
    assertThat(
            problem(trusting(file("-----BEGIN CERTIFICATE-----\nYWJj\n-----END CERTIFICATE-----"))))
        .contains("X_CA_FILE", "holds a damaged certificate");
    Issued own = authority.issue("a.example");
    assertThat(problem(being(own.certificate(), own.certificate())))
        .contains("X_KEY_FILE", "holds no key in PEM form", "openssl pkcs8 -topk8 -nocrypt");
    assertThat(
            problem(
                being(own.certificate(), authority.pem("k.pem", "PRIVATE KEY", new byte[] {1, 2}))))
        .contains("X_KEY_FILE", "is damaged");
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"})
  void namesTheRemedyForAKeyOfAnotherForm(String form) {
    Issued own = authority.issue("a.example");
    Path key = authority.pem("other.pem", form, new byte[] {1, 2, 3});

    assertThat(problem(being(own.certificate(), key)))
        .startsWith("X_KEY_FILE (" + key + ") holds a key of the form \"" + form + "\"")
        .contains("openssl pkcs8 -topk8 -nocrypt -in FILE -out FILE.pk8.pem");
  }

  @Test
  void saysThatAKeyIsNotThatOfTheCertificate() {
    Issued own = authority.issue("a.example");
    Issued sameKind = authority.issue("b.example");
    Issued otherKind = authority.issueRsa("c.example");

    assertThat(problem(being(own.certificate(), sameKind.key())))
        .contains("is not the key of the certificate in X_CERT_FILE");
    assertThat(problem(being(own.certificate(), otherKind.key())))
        .contains("X_KEY_FILE", "of another kind than the key of the certificate (EC)");
  }

  @Test
  void saysSoOfTwoRsaKeysToo() {
    Issued own = authority.issueRsa("a.example");
    Issued other = authority.issueRsa("b.example");

    assertThat(problem(being(own.certificate(), other.key())))
        .contains("is not the key of the certificate in X_CERT_FILE");
  }

  @Test
  void saysThatACertificateHasExpired() throws IOException {
    Issued expired = authority.issueExpired("a.example");

    assertThat(problem(being(expired.certificate(), expired.key())))
        .contains("X_CERT_FILE", "which is not now: renew it");
    assertThat(problem(trusting(expired.certificate()))).contains("X_CA_FILE", "renew it");
    Path bundle =
        file(Files.readString(expired.certificate()) + Files.readString(authority.certificate()));
    assertThat(PemContext.of(trusting(bundle))).as("one of them is good").isNotNull();
  }
}
