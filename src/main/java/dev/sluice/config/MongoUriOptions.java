package dev.sluice.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The options of a MongoDB URI that would make TLS worth less. The driver reads the URI; here only
 * these are looked for, so that a wish for them is refused rather than passed over.
 */
final class MongoUriOptions {
  /** They switch off the check of the certificate or of the host name; the last one is older. */
  private static final Set<String> WITHOUT_CHECK =
      Set.of(
          "tlsinsecure",
          "tlsallowinvalidhostnames",
          "tlsallowinvalidcertificates",
          "sslinvalidhostnameallowed");

  private static final Set<String> SWITCHES = Set.of("tls", "ssl");

  private MongoUriOptions() {}

  static void refuseWeakTls(String uri, TlsFiles files, List<String> problems) {
    String[] parts = uri.split("[?&;]");
    for (int i = 1; i < parts.length; i++) {
      String[] option = parts[i].split("=", 2);
      String name = option[0].strip();
      boolean off = option.length < 2 || option[1].strip().equalsIgnoreCase("false");
      if (!off && WITHOUT_CHECK.contains(name.toLowerCase(Locale.ROOT))) {
        problems.add(
            "MONGO_DATABASE_HOST has the option "
                + name
                + ", which would let anybody pass for the server: remove it, and name the authority"
                + " of the server's certificate by MONGO_DATABASE_TLS_CA_FILE.");
      }
      if (off && files.any() && SWITCHES.contains(name.toLowerCase(Locale.ROOT))) {
        problems.add(
            "MONGO_DATABASE_HOST has the option "
                + name
                + "=false, and the MONGO_DATABASE_TLS_ files are for TLS: remove one or the"
                + " other.");
      }
    }
  }
}
