package dev.sluice.config;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Looks for options of a MongoDB URI that cannot be meant as they stand. The driver reads the URI;
 * but what it does not know it passes over with a line in the log, and some of what it knows makes
 * a pipeline that never moves, or TLS that is worth less.
 *
 * <p>No sentence shows more of the URI than the name of an option.
 */
public final class MongoUri {
  /**
   * What the driver knows, as its documentation writes it; a test compares it with the driver's own
   * list.
   */
  static final Set<String> KNOWN =
      Set.of(
          "minPoolSize",
          "maxPoolSize",
          "timeoutMS",
          "socketTimeoutMS",
          "waitQueueTimeoutMS",
          "connectTimeoutMS",
          "maxIdleTimeMS",
          "maxLifeTimeMS",
          "maxConnecting",
          "ssl",
          "tls",
          "tlsInsecure",
          "sslInvalidHostNameAllowed",
          "tlsAllowInvalidHostnames",
          "proxyHost",
          "proxyPort",
          "proxyUsername",
          "proxyPassword",
          "replicaSet",
          "readConcernLevel",
          "serverSelectionTimeoutMS",
          "localThresholdMS",
          "heartbeatFrequencyMS",
          "serverMonitoringMode",
          "retryWrites",
          "retryReads",
          "appName",
          "uuidRepresentation",
          "directConnection",
          "loadBalanced",
          "srvMaxHosts",
          "srvServiceName",
          "authMechanism",
          "authSource",
          "authMechanismProperties",
          "gssapiServiceName",
          "readPreferenceTags",
          "readPreference",
          "maxStalenessSeconds",
          "journal",
          "wtimeoutMS",
          "w",
          "safe",
          "compressors",
          "zlibCompressionLevel");

  /** The driver takes any other value for none at all, and says so in its log only. */
  private static final Set<String> FLAGS =
      Set.of(
          "ssl",
          "tls",
          "tlsinsecure",
          "sslinvalidhostnameallowed",
          "tlsallowinvalidhostnames",
          "tlsallowinvalidcertificates",
          "retrywrites",
          "retryreads",
          "directconnection",
          "loadbalanced",
          "journal",
          "safe");

  private static final Set<String> ON = Set.of("true", "1", "yes");
  private static final Set<String> OFF = Set.of("false", "0", "no");

  /** They switch off the check of the certificate or of the host name; the last one is older. */
  private static final Set<String> WITHOUT_CHECK =
      Set.of(
          "tlsinsecure",
          "tlsallowinvalidhostnames",
          "tlsallowinvalidcertificates",
          "sslinvalidhostnameallowed");

  private static final Set<String> SWITCHES = Set.of("tls", "ssl");

  /** Options of other drivers for which there is a key of ours. */
  private static final Map<String, String> OURS =
      Map.of(
          "tlscafile", "MONGO_DATABASE_TLS_CA_FILE",
          "tlscertificatekeyfile", "MONGO_DATABASE_TLS_CERT_FILE and MONGO_DATABASE_TLS_KEY_FILE",
          "sslcertificateauthorityfile", "MONGO_DATABASE_TLS_CA_FILE");

  /** A change stream's answer takes a second by itself when there is nothing to tell. */
  private static final int LEAST_SOCKET_TIMEOUT_MILLIS = 2_000;

  private static final String REPEATED = "readpreferencetags";

  private static final Pattern WORD = Pattern.compile("[A-Za-z]{1,40}");

  private final TlsFiles files;
  private final List<String> problems;
  private final Map<String, String> seen = new HashMap<>();

  private MongoUri(TlsFiles files, List<String> problems) {
    this.files = files;
    this.problems = problems;
  }

  /** Whether the driver knows an option of that name, however it is written. */
  public static boolean isOption(String name) {
    return isKnown(name.toLowerCase(Locale.ROOT));
  }

  /**
   * @param files what is set beside the URI
   * @param problems gets a sentence for each option
   */
  static void check(String uri, TlsFiles files, List<String> problems) {
    MongoUri checking = new MongoUri(files, problems);
    for (String option : optionsOf(uri).split("[&;]")) {
      if (!option.isEmpty()) {
        String[] parts = option.split("=", 2);
        checking.check(parts[0], parts.length < 2 ? "" : parts[1].strip());
      }
    }
  }

  /** As the driver finds them. A password that is not encoded is not to be taken for them. */
  private static String optionsOf(String uri) {
    String rest = uri.replaceFirst("^mongodb(\\+srv)?://", "");
    int slash = rest.indexOf('/');
    int question = rest.indexOf('?', Math.max(slash, 0));
    if (question < 0) {
      return "";
    }
    String before = rest.substring(0, question);
    String options = rest.substring(question + 1);
    return options.contains("@") && !before.contains("@") ? "" : options;
  }

  private void check(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    String before = seen.putIfAbsent(lower, value);
    if (!WORD.matcher(name).matches()) {
      problem("has an option whose name is no word: write ?name=value&name=value");
    } else if (!isKnown(lower)) {
      problem("has the option " + name + ", which is unknown" + remedy(lower));
    } else if (lower.equals(REPEATED)) {
      return; // Each is a choice in its turn, and an empty one stands for any member.
    } else if (value.isEmpty()) {
      problem("has the option " + name + " without a value: give it one, or leave it out");
    } else if (before != null && !before.equals(value)) {
      problem("has the option " + name + " twice, with different values: leave one out");
    } else if (FLAGS.contains(lower)) {
      checkFlag(name, lower, value.toLowerCase(Locale.ROOT));
    } else {
      checkValue(name, lower, value.toLowerCase(Locale.ROOT));
    }
  }

  private static boolean isKnown(String lower) {
    return WITHOUT_CHECK.contains(lower) || KNOWN.stream().anyMatch(lower::equalsIgnoreCase);
  }

  private static String remedy(String lower) {
    if (OURS.containsKey(lower)) {
      return ": remove it, and set " + OURS.get(lower) + " instead";
    }
    // Case is not a typing error. More than three make another word.
    Map<String, String> written = new HashMap<>();
    KNOWN.forEach(known -> written.put(known.toLowerCase(Locale.ROOT), known));
    return Nearest.to(lower, new TreeSet<>(written.keySet()), 3)
        .map(nearest -> ": did you mean " + written.get(nearest) + "?")
        .orElse(": remove it");
  }

  private void checkFlag(String name, String lower, String value) {
    if (!ON.contains(value) && !OFF.contains(value)) {
      problem("has an option " + name + " that is neither true nor false: write one of them");
    } else if (ON.contains(value) && WITHOUT_CHECK.contains(lower)) {
      problem(
          "has the option "
              + name
              + ", which would let anybody pass for the server: remove it, and name the authority"
              + " of the server's certificate by MONGO_DATABASE_TLS_CA_FILE");
    } else if (OFF.contains(value) && files.any() && SWITCHES.contains(lower)) {
      problem(
          "has the option "
              + name
              + "=false, and the MONGO_DATABASE_TLS_ files are for TLS: remove one or the other");
    } else if (ON.contains(value) && lower.equals("loadbalanced")) {
      refuse(name, "behind a load balancer nobody can be told from anybody");
    } else if (OFF.contains(value) && lower.equals("safe")) {
      refuse(name, "unacknowledged, a position may be saved or not");
    }
  }

  private void checkValue(String name, String lower, String value) {
    switch (lower) {
      case "compressors" -> {
        if (!value.equals("zlib")) {
          problem(
              "has an option compressors with something else than zlib, for which a library would be"
                  + " needed that is not here: write compressors=zlib, or remove it");
        }
      }
      case "timeoutms" ->
          refuse(
              name,
              "each operation has a limit of its own, and a change stream" + " must have none");
      case "proxyhost", "proxyport", "proxyusername", "proxypassword" ->
          refuse(name, "the reactive driver does not speak to proxies");
      case "w" -> {
        if (value.equals("0")) {
          refuse(name + "=0", "unacknowledged, a position may be saved or not");
        }
      }
      case "readconcernlevel" -> {
        if (!value.equals("majority")) {
          refuse(name, "a change stream reads with majority and nothing else");
        }
      }
      case "sockettimeoutms" ->
          atLeast(
              name,
              value,
              LEAST_SOCKET_TIMEOUT_MILLIS,
              true,
              "an idle change stream answers once a second");
      case "serverselectiontimeoutms" ->
          atLeast(name, value, 1, false, "less would find no server, or wait for one for ever");
      default -> {}
    }
  }

  /** What is no number is left to the driver, which refuses it. */
  private void atLeast(String name, String value, int least, boolean orZero, String reason) {
    if (value.matches("-?\\d{1,9}")
        && Integer.parseInt(value) < least
        && !(orZero && Integer.parseInt(value) == 0)) {
      problem(
          "has an option "
              + name
              + " below "
              + least
              + (orZero ? " (0 is for none)" : "")
              + ", but "
              + reason
              + ": raise it, or remove it");
    }
  }

  private void refuse(String option, String reason) {
    problem(
        "has the option " + option + ", which cannot be used, because " + reason + ": remove it");
  }

  private void problem(String problem) {
    problems.add(
        SettingKey.MONGO_DATABASE_HOST + " " + problem + (problem.endsWith("?") ? "" : "."));
  }
}
