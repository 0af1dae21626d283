package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of a test: issues certificates as PEM files in a directory. */
public final class TestAuthority {
  /**
   * A certificate and its key, each in a file.
   *
   * @param key PKCS#8, not encrypted
   */
  public record Issued(Path certificate, Path key) {}

  private static final Duration DAY = Duration.ofDays(1);
  private static final AtomicInteger SERIAL = new AtomicInteger(1);

  private final Path directory;
  private final X500Principal name;
  private final KeyPair keys = newKeys("EC", 256);
  private final Path certificate;

  /** One that nobody trusts yet. */
  public TestAuthority(Path directory, String name) {
    this.directory = directory;
    this.name = new X500Principal("CN=" + name);
    this.certificate =
        pem(name + ".pem", "CERTIFICATE", encoded(this.name, keys, DAY, Instant.now().plus(DAY)));
  }

  /** Its own certificate: who names this one trusts it. */
  public Path certificate() {
    return certificate;
  }

  /**
   * @param names host names and IP addresses
   */
  public Issued issue(String... names) {
    return issue(newKeys("EC", 256), DAY, Instant.now().plus(DAY), names);
  }

  public Issued issueRsa(String... names) {
    return issue(newKeys("RSA", 2048), DAY, Instant.now().plus(DAY), names);
  }

  /** A certificate that was valid until yesterday. */
  public Issued issueExpired(String... names) {
    return issue(newKeys("EC", 256), DAY.multipliedBy(9), Instant.now().minus(DAY), names);
  }

  private Issued issue(KeyPair own, Duration age, Instant until, String... names) {
    String file = names[0] + "-" + SERIAL.get();
    byte[] encoded = encoded(new X500Principal("CN=" + names[0]), own, age, until, names);
    return new Issued(
        pem(file + ".pem", "CERTIFICATE", encoded),
        pem(file + "-key.pem", "PRIVATE KEY", own.getPrivate().getEncoded()));
  }

  private byte[] encoded(
      X500Principal subject, KeyPair own, Duration age, Instant until, String... names) {
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.valueOf(SERIAL.getAndIncrement()),
            Date.from(Instant.now().minus(age)),
            Date.from(until),
            subject,
            own.getPublic());
    try {
      builder.addExtension(
          Extension.basicConstraints, true, new BasicConstraints(names.length == 0));
      if (names.length > 0) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                Stream.of(names).map(TestAuthority::name).toArray(GeneralName[]::new)));
      }
      X509Certificate signed =
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(
                      new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
      return signed.getEncoded();
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static GeneralName name(String name) {
    boolean address = Character.isDigit(name.charAt(0));
    return new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name);
  }

  /** Writes the bytes as a PEM file. */
  public Path pem(String file, String label, byte[] content) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    try {
      return Files.writeString(
          directory.resolve(file),
          "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KeyPair newKeys(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
