package dev.sluice.tls;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * What a server shows for itself.
 *
 * @param names host names and addresses that it lists; none where it has its subject alone
 * @param until when the first certificate of the chain to end does so
 * @param protocol such as {@code TLSv1.3}
 */
public record ShownCertificate(List<String> names, Instant until, String protocol) {
  public ShownCertificate {
    names = List.copyOf(names);
    Objects.requireNonNull(until, "until");
    Objects.requireNonNull(protocol, "protocol");
  }

  /**
   * Connects, shakes hands as for any connection, with the name looked at, and hangs up. Blocks.
   *
   * @param millis for connecting, and for each answer
   * @throws IOException if there is no connection or no TLS; {@link TlsFailure} says why
   */
  public static ShownCertificate of(SSLContext context, String host, int port, int millis)
      throws IOException {
    try (Socket plain = new Socket()) {
      plain.connect(new InetSocketAddress(host, port), millis);
      plain.setSoTimeout(millis);
      try (SSLSocket socket =
          (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true)) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        List<X509Certificate> chain =
            Arrays.stream(socket.getSession().getPeerCertificates())
                .filter(X509Certificate.class::isInstance)
                .map(X509Certificate.class::cast)
                .toList();
        return of(chain, socket.getSession().getProtocol());
      }
    }
  }

  private static ShownCertificate of(List<X509Certificate> chain, String protocol) {
    return new ShownCertificate(
        names(chain.get(0)),
        chain.stream()
            .map(certificate -> certificate.getNotAfter().toInstant())
            .min(Instant::compareTo)
            .orElseThrow(),
        protocol);
  }

  /** Each alternative name is a number that says its kind, and the name. */
  private static List<String> names(X509Certificate certificate) {
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      return alternatives == null
          ? List.of()
          : alternatives.stream().map(name -> String.valueOf(name.get(1))).toList();
    } catch (CertificateParsingException e) {
      return List.of();
    }
  }
}
