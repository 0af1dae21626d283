package dev.sluice.tls;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

/**
 * Why TLS to a server cannot be had: told from a network that failed underneath by type, never by
 * text.
 */
public final class TlsFailure {
  private TlsFailure() {}

  /**
   * What is wrong with a connection that may have been open already: the handshake, or nothing. A
   * record that cannot be read later on is the network's fault.
   *
   * @param keys how the settings of this server's TLS begin
   * @return the rest of a sentence that has named the server, with the remedy; empty if the failure
   *     is none of TLS, or goes away by itself
   */
  public static Optional<String> ofHandshake(Throwable failure, String keys) {
    return find(failure, SSLHandshakeException.class) == null
        ? Optional.empty()
        : whileConnecting(failure, keys);
  }

  /** The same for a connection that has never been open: its server may not speak TLS at all. */
  public static Optional<String> whileConnecting(Throwable failure, String keys) {
    SSLException tls = find(failure, SSLException.class);
    if (tls == null || isCutOff(failure)) {
      return Optional.empty();
    }
    if (find(failure, CertificateExpiredException.class) != null) {
      return Optional.of("its certificate has expired: renew it there");
    }
    if (find(failure, CertificateNotYetValidException.class) != null) {
      return Optional.of("its certificate is not valid yet: check the clocks of both machines");
    }
    if (find(failure, CertPathBuilderException.class) != null
        || find(failure, CertPathValidatorException.class) != null) {
      return Optional.of(
          "its certificate comes from nobody whom we trust: name the authority that issued it by "
              + keys
              + "CA_FILE");
    }
    CertificateException refused = find(failure, CertificateException.class);
    if (refused != null) {
      return Optional.of(
          "its certificate is not for the name under which we reach it: use a name that the"
              + " certificate has, or issue it for this one ("
              + refused.getMessage()
              + ")");
    }
    if (tls instanceof SSLHandshakeException) {
      return Optional.of(
          "it refuses the handshake: it may want a client certificate from an authority that it"
              + " trusts ("
              + keys
              + "CERT_FILE and "
              + keys
              + "KEY_FILE), or another version of TLS ("
              + tls.getMessage()
              + ")");
    }
    return Optional.of(
        "what it answers is no TLS: use the port that speaks it (" + tls.getMessage() + ")");
  }

  /**
   * What may be wrong with a server that hangs up during the handshake. Nothing at all if it is on
   * its way down, so it is waited for; a reason that it gives can get lost with the connection.
   *
   * @param keys how the settings of this server's TLS begin
   * @return the rest of a sentence that has named the server
   */
  public static String hangsUp(String keys) {
    return "hangs up during the TLS handshake: it is on its way down, the port does not speak TLS, or"
        + " it wants another client certificate ("
        + keys
        + "CERT_FILE)";
  }

  /** Whether somebody was there and hung up, rather than that nobody was reached. */
  public static boolean isHangUp(Throwable failure) {
    return isCutOff(failure)
        && find(failure, SocketTimeoutException.class) == null
        && find(failure, ConnectException.class) == null
        && find(failure, NoRouteToHostException.class) == null;
  }

  /** Whether the network failed under TLS, as it does when a server stops: no fault of TLS. */
  private static boolean isCutOff(Throwable failure) {
    return find(failure, EOFException.class) != null
        || find(failure, SocketException.class) != null
        || find(failure, SocketTimeoutException.class) != null
        || find(failure, ClosedChannelException.class) != null;
  }

  private static <T extends Throwable> T find(Throwable failure, Class<T> type) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return type.cast(each);
      }
    }
    return null;
  }
}
