package dev.sluice.target.mongodb;

import com.mongodb.ConnectionString;
import com.mongodb.MongoConfigurationException;
import dev.sluice.config.MongoUri;
import dev.sluice.config.NamedFile;
import dev.sluice.config.Secret;
import dev.sluice.config.TlsFiles;
import dev.sluice.consume.MarkerSweep;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a target's URI says of a copy. It is a MongoDB URI, and what begins with {@code sluice.}
 * among its options is ours; the driver gets all the rest.
 *
 * @param uri for the driver
 * @param shown the target as a sentence names it, without login and options
 * @param database where the collections are copied to; empty if each goes to the database of its
 *     own name
 * @param markers how long the marker of a delete is kept, in the time of the stream: longer than
 *     any repeat
 * @param tls any of them makes it TLS, also where the URI says nothing of it
 */
public record MongoParameters(
    Secret uri, String shown, Optional<String> database, Duration markers, TlsFiles tls) {
  private static final String OURS = "sluice.";
  private static final String DATABASE = OURS + "database";
  private static final String MARKERS = OURS + "markers";
  private static final String AUTHORITIES = CopyFailures.TLS_KEYS + "CA_FILE";
  private static final String CERTIFICATE = CopyFailures.TLS_KEYS + "CERT_FILE";
  private static final String KEY = CopyFailures.TLS_KEYS + "KEY_FILE";

  private static final List<String> ALL_OURS =
      List.of(DATABASE, MARKERS, AUTHORITIES, CERTIFICATE, KEY);

  public MongoParameters {
    Objects.requireNonNull(uri, "uri");
    Objects.requireNonNull(shown, "shown");
    Objects.requireNonNull(markers, "markers");
    Objects.requireNonNull(tls, "tls");
    database.ifPresent(MongoParameters::requireName);
  }

  private static void requireName(String database) {
    // What MongoDB takes on every system (manual: Naming Restrictions).
    if (database.isEmpty()
        || database.length() > 63
        || database.matches(".*[/\\\\. \"$*<>:|?].*")) {
      throw TargetException.unusable(
          "The target's parameter " + DATABASE + " is no name of a database of MongoDB");
    }
    if (database.equals(Books.DATABASE)) {
      throw TargetException.unusable(
          "The database " + Books.DATABASE + " is where the positions are kept: name another one");
    }
  }

  /**
   * @throws TargetException if a parameter is unknown or wrong
   */
  public static MongoParameters of(TargetUri uri) {
    List<String> options = new ArrayList<>();
    // In one order, whatever the map's.
    new TreeMap<>(uri.parameters())
        .forEach(
            (name, value) -> {
              if (!name.startsWith(OURS)) {
                requireKnown(uri, name);
                options.add(name + "=" + encoded(value));
              } else if (!ALL_OURS.contains(name)) {
                throw unknown(uri, name);
              }
            });
    String place = uri.scheme() + ":" + uri.place();
    String slash = uri.place().replaceFirst("^//", "").contains("/") ? "" : "/";
    String text = options.isEmpty() ? place : place + slash + "?" + String.join("&", options);
    requireUri(text, uri);
    return new MongoParameters(
        new Secret(text),
        uri.toString(),
        uri.parameter(DATABASE),
        MarkerSweep.time(uri, MARKERS),
        tls(uri));
  }

  private static TlsFiles tls(TargetUri uri) {
    if (uri.parameter(CERTIFICATE).isPresent() != uri.parameter(KEY).isPresent()) {
      throw TargetException.unusable(
          "The target's parameters " + CERTIFICATE + " and " + KEY + " go together");
    }
    return new TlsFiles(file(uri, AUTHORITIES), file(uri, CERTIFICATE), file(uri, KEY));
  }

  private static Optional<NamedFile> file(TargetUri uri, String name) {
    return uri.parameter(name).map(path -> new NamedFile(name, Path.of(path)));
  }

  private static void requireKnown(TargetUri uri, String name) {
    if (!MongoUri.isOption(name)) {
      throw unknown(uri, name);
    }
  }

  private static TargetException unknown(TargetUri uri, String name) {
    return TargetException.unusable(
        "The target "
            + uri.scheme()
            + ": has no parameter "
            + name
            + "; it has "
            + String.join(", ", ALL_OURS)
            + " and the options of the Java driver's URI");
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The text of the driver's exception may repeat a part of the password. */
  private static void requireUri(String text, TargetUri uri) {
    try {
      new ConnectionString(text);
    } catch (MongoConfigurationException e) {
      // The hosts of mongodb+srv are looked up at once: whether they are there is known when
      // opened.
    } catch (IllegalArgumentException e) {
      throw TargetException.unusable(
          "The target "
              + uri.scheme()
              + ": cannot be read as a MongoDB URI: check its hosts, ports and options, and"
              + " percent-encode special characters in user and password");
    }
  }
}
