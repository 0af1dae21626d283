package dev.sluice.target.http;

import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Where the events are sent to. Shows itself without login and query.
 *
 * @param uri without login
 * @param authorization what the header of that name says, if there is a login; secret
 */
record HttpPlace(URI uri, Optional<String> authorization) {
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
      return new HttpPlace(new URI(plain), Optional.ofNullable(login).map(HttpPlace::basic));
    } catch (URISyntaxException e) {
      throw wrong(target);
    }
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
    String plain;
    try {
      // A plus is a plus here, as in all of a URI but a form's.
      plain = URLDecoder.decode(login.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw TargetException.unusable("A percent sign in the target's login is written as %25");
    }
    byte[] bytes = (plain.contains(":") ? plain : plain + ":").getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(bytes);
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
