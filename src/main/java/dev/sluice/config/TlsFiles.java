package dev.sluice.config;

import java.util.Objects;
import java.util.Optional;

/**
 * The PEM files that TLS to a server is made with. One of them is enough to have TLS; none of them
 * leaves it to the address whether there is TLS, and to the JVM whom it trusts.
 *
 * @param authorities whom we trust, in the place of those whom the JVM trusts
 * @param certificate who we are, with the certificates up to an authority that the server trusts
 * @param key the key of the certificate; there is the one where there is the other
 */
public record TlsFiles(
    Optional<NamedFile> authorities, Optional<NamedFile> certificate, Optional<NamedFile> key) {
  public static final TlsFiles NONE =
      new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty());

  public TlsFiles {
    Objects.requireNonNull(authorities, "authorities");
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException("a certificate and its key go together");
    }
  }

  public boolean any() {
    return authorities.isPresent() || certificate.isPresent();
  }
}
