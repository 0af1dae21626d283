package dev.sluice.target.http;

import dev.sluice.config.NamedFile;
import dev.sluice.config.TlsFiles;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Where the events are sent to. Shows itself without login and query.
 *
 * @param uri without login and without what is ours of its query
 * @param authorization what the header of that name says, if there is a login; secret
 * @param tls whom to trust
 */
record HttpPlace(URI uri, Optional<String> authorization, TlsFiles tls) {
  /** The query is the receiver's, but for names that begin so. */
  private static final String OURS = "sluice.";

  private static final String AUTHORITIES = OURS + "ca";

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  /**
   * @throws TargetException if it is no URL; does not show it, as it may have a password
   */
  static HttpPlace of(TargetUri target) {
    String text = target.scheme() + ":" + target.place();
    try {
      URI uri = new URI(text).parseServerAuthority();
      String login = uri.getRawUserInfo();
      if (uri.getHost() == null || uri.getRawFragment() != null) {
        throw wrong(target);
      }
      String plain = login == null ? text : text.replaceFirst("//[^/?]*@", "//");
      List<String> query =
          uri.getRawQuery() == null ? List.of() : List.of(uri.getRawQuery().split("&", -1));
      return new HttpPlace(
          new URI(withQuery(plain.split("\\?", 2)[0], query)),
          Optional.ofNullable(login).map(HttpPlace::basic),
          tls(target, query.stream().filter(HttpPlace::isOurs).toList()));
    } catch (URISyntaxException e) {
      throw wrong(target);
    }
  }

  private static boolean isOurs(String parameter) {
    return parameter.startsWith(OURS);
  }

  private static String withQuery(String place, List<String> query) {
    List<String> theirs = query.stream().filter(parameter -> !isOurs(parameter)).toList();
    return theirs.isEmpty() ? place : place + "?" + String.join("&", theirs);
  }

  private static TlsFiles tls(TargetUri target, List<String> ours) {
    Optional<NamedFile> authorities = Optional.empty();
    for (String parameter : ours) {
      String[] pair = parameter.split("=", 2);
      if (!pair[0].equals(AUTHORITIES) || pair.length < 2 || authorities.isPresent()) {
        throw TargetException.unusable(
            "Of the target's query "
                + AUTHORITIES
                + "=FILE is ours, once, and nothing else that begins with "
                + OURS);
      }
      authorities =
          Optional.of(
              new NamedFile("The target's parameter " + AUTHORITIES, Path.of(decoded(pair[1]))));
    }
    if (authorities.isPresent() && !target.scheme().equals("https")) {
      throw TargetException.unusable(
          "The target's parameter " + AUTHORITIES + " is for TLS: write https://");
    }
    return new TlsFiles(authorities, Optional.empty(), Optional.empty());
  }

  private static TargetException wrong(TargetUri target) {
    return TargetException.unusable(
        "The target "
            + target.scheme()
            + ": is written as a URL without a #, such as http://host:8080/events, with what is"
            + " special in its login percent-encoded");
  }

  /** RFC 7617. */
  private static String basic(String login) {
    String plain = decoded(login);
    byte[] bytes = (plain.contains(":") ? plain : plain + ":").getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
  }

  private static String decoded(String text) {
    try {
      // A plus is a plus here, as in all of a URI but a form's.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw TargetException.unusable(
          "A percent sign in the target's login, or in what it says of "
              + AUTHORITIES
              + ", is written as %25");
    }
  }

  /** The port, also where it goes without saying. */
  int port() {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return uri.getScheme().equals("https") ? HTTPS_PORT : HTTP_PORT;
  }

  @Override
  public String toString() {
    return uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
  }
}
