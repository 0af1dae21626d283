package dev.sluice.tls;

import dev.sluice.config.NamedFile;
import dev.sluice.config.TlsFiles;
import dev.sluice.config.WrongSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPrivateKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Makes the context for TLS out of PEM files. The files are read once, at the start, and whatever
 * is wrong with them is said then, in one sentence that names the setting.
 */
public final class PemContext {
  private static final String CERTIFICATE = "CERTIFICATE";

  /** PKCS#8, the one form of a key that the JDK reads. */
  private static final String KEY = "PRIVATE KEY";

  /** What {@code openssl} may be asked to make of the other forms. */
  private static final List<String> OTHER_KEYS =
      List.of("ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "DSA PRIVATE KEY");

  /** The stores live in memory only. */
  private static final char[] NO_PASSWORD = new char[0];

  private PemContext() {}

  /**
   * @param files without any, it is the JVM's own context
   * @throws WrongSettings if one of the files cannot be used
   */
  public static SSLContext of(TlsFiles files) {
    try {
      if (!files.any()) {
        return SSLContext.getDefault();
      }
      TrustManagerFactory trusted =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusted.init(files.authorities().isPresent() ? trusting(files.authorities().get()) : null);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(ourselves(files), trusted.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw WrongSettings.of(
          "TLS cannot be set up: check javax.net.ssl.trustStore and the other properties of the JVM"
              + " that begin with javax.net.ssl ("
              + e.getMessage()
              + ").");
    }
  }

  private static KeyStore trusting(NamedFile file) throws GeneralSecurityException, IOException {
    List<X509Certificate> authorities = certificates(file, PemFile.read(file));
    if (authorities.stream().noneMatch(PemContext::isValid)) {
      throw invalid(file, authorities.get(0));
    }
    KeyStore store = emptyStore();
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("authority-" + i, authorities.get(i));
    }
    return store;
  }

  private static KeyManager[] ourselves(TlsFiles files)
      throws GeneralSecurityException, IOException {
    if (files.certificate().isEmpty()) {
      return new KeyManager[0];
    }
    NamedFile certificateFile = files.certificate().get();
    NamedFile keyFile = files.key().orElseThrow();
    List<X509Certificate> chain = certificates(certificateFile, PemFile.read(certificateFile));
    X509Certificate own = chain.get(0);
    if (!isValid(own)) {
      throw invalid(certificateFile, own);
    }
    PrivateKey key = key(keyFile, own.getPublicKey());
    if (!belongTogether(key, own.getPublicKey())) {
      throw WrongSettings.of(
          keyFile
              + " is not the key of the certificate in "
              + certificateFile
              + ": name the two that were made together.");
    }
    KeyStore store = emptyStore();
    store.setKeyEntry("own", key, NO_PASSWORD, chain.toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, NO_PASSWORD);
    return keys.getKeyManagers();
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  /** Those in the file, at least one. */
  private static List<X509Certificate> certificates(NamedFile file, PemFile pem)
      throws CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] content : pem.contents(CERTIFICATE)) {
      try {
        certificates.add(
            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(content)));
      } catch (CertificateException e) {
        throw WrongSettings.of(file + " holds a damaged certificate: write the file anew.");
      }
    }
    if (certificates.isEmpty()) {
      throw WrongSettings.of(
          file
              + " holds no certificate in PEM form (-----BEGIN CERTIFICATE-----): make one of a"
              + " DER file by openssl x509 -inform der -in FILE -out FILE.pem.");
    }
    return certificates;
  }

  private static PrivateKey key(NamedFile file, PublicKey certified)
      throws GeneralSecurityException {
    PemFile pem = PemFile.read(file);
    if (!pem.has(KEY)) {
      String remedy = "openssl pkcs8 -topk8 -nocrypt -in FILE -out FILE.pk8.pem";
      throw WrongSettings.of(
          OTHER_KEYS.stream()
              .filter(pem::has)
              .findFirst()
              .map(
                  other ->
                      file
                          + " holds a key of the form \""
                          + other
                          + "\", and only unencrypted PKCS#8 can be read: write it anew by "
                          + remedy
                          + ", and let nobody else read that file.")
              .orElse(
                  file
                      + " holds no key in PEM form (-----BEGIN PRIVATE KEY-----): "
                      + remedy
                      + " makes one."));
    }
    try {
      return KeyFactory.getInstance(certified.getAlgorithm())
          .generatePrivate(new PKCS8EncodedKeySpec(pem.contents(KEY).get(0)));
    } catch (InvalidKeySpecException e) {
      throw WrongSettings.of(
          file
              + " is damaged, or of another kind than the key of the certificate ("
              + certified.getAlgorithm()
              + "): name the two that were made together.");
    }
  }

  /** They share a number, or what the one signs, the other verifies. */
  private static boolean belongTogether(PrivateKey key, PublicKey certified)
      throws GeneralSecurityException {
    if (key instanceof RSAPrivateKey ours && certified instanceof RSAPublicKey theirs) {
      return ours.getModulus().equals(theirs.getModulus());
    }
    String algorithm = certified.getAlgorithm();
    Signature signature =
        Signature.getInstance(algorithm.equals("EC") ? "SHA256withECDSA" : algorithm);
    byte[] anything = {1, 2, 3};
    try {
      signature.initSign(key);
      signature.update(anything);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(anything);
      return signature.verify(signed);
    } catch (InvalidKeyException | SignatureException e) {
      return false;
    }
  }

  private static boolean isValid(X509Certificate certificate) {
    try {
      certificate.checkValidity();
      return true;
    } catch (CertificateExpiredException | CertificateNotYetValidException e) {
      return false;
    }
  }

  private static WrongSettings invalid(NamedFile file, X509Certificate certificate) {
    return WrongSettings.of(
        file
            + " holds a certificate that is valid from "
            + certificate.getNotBefore().toInstant()
            + " to "
            + certificate.getNotAfter().toInstant()
            + ", which is not now: renew it, or set this machine's clock.");
  }
}
