package dev.sluice.target.opensearch;

import dev.sluice.config.NamedFile;
import dev.sluice.config.Secret;
import dev.sluice.config.TlsFiles;
import dev.sluice.consume.MarkerSweep;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;

/**
 * What a target's URI says of a server and its indices.
 *
 * @param address {@code http://host:9200}, without login and without a slash at its end
 * @param authorization what the header {@code Authorization} has
 * @param tls whom to trust
 * @param names how indices are called
 * @param markers how long the marker of a delete is kept, in the time of the stream: longer than
 *     any repeat
 */
public record OpenSearchParameters(
    URI address, Optional<Secret> authorization, TlsFiles tls, IndexNames names, Duration markers) {
  public OpenSearchParameters {
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(authorization, "authorization");
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(names, "names");
    Objects.requireNonNull(markers, "markers");
  }

  /**
   * @throws TargetException if a parameter is unknown or wrong
   */
  public static OpenSearchParameters of(TargetUri uri) {
    uri.requireKnown(false, "index", "ca", "markers");
    String place = uri.place();
    int at = place.lastIndexOf('@');
    URI address = address(uri, at < 0 ? place : "//" + place.substring(at + 1));
    return new OpenSearchParameters(
        address,
        at < 0 ? Optional.empty() : Optional.of(basic(place.substring("//".length(), at))),
        tls(uri, address),
        new IndexNames(uri.parameter("index").orElse(IndexNames.DEFAULT)),
        MarkerSweep.time(uri, "markers"));
  }

  private static URI address(TargetUri uri, String place) {
    String protocol = uri.scheme().substring(uri.scheme().indexOf('+') + 1);
    try {
      URI address = new URI(protocol + ":" + place.replaceFirst("/+$", ""));
      if (address.getHost() != null) {
        return address;
      }
    } catch (URISyntaxException e) {
      // Said below, without what it shows of the address.
    }
    throw TargetException.unusable(
        "The target is written as " + uri.scheme() + "://user:password@host:9200");
  }

  private static Secret basic(String login) {
    String[] parts = login.split(":", 2);
    String password = parts.length > 1 ? TargetUri.decodedLogin(parts[1]) : "";
    String decoded = TargetUri.decodedLogin(parts[0]) + ":" + password;
    return new Secret(
        "Basic " + Base64.getEncoder().encodeToString(decoded.getBytes(StandardCharsets.UTF_8)));
  }

  private static TlsFiles tls(TargetUri uri, URI address) {
    Optional<String> file = uri.parameter("ca");
    if (file.isPresent() && !address.getScheme().equals("https")) {
      throw TargetException.unusable(
          "The target's parameter ca is for TLS: write " + uri.scheme() + "s://");
    }
    return new TlsFiles(
        file.map(path -> new NamedFile("The target's parameter ca", Path.of(path))),
        Optional.empty(),
        Optional.empty());
  }
}
