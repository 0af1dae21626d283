package dev.sluice.target.redis;

import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a server is, and the login: {@code //user:password@host:6379/0}. Shows itself without the
 * login.
 *
 * @param host without the brackets of an IPv6 address
 * @param user null for the default user
 * @param password null for no login
 */
public record RedisPlace(String host, int port, int database, String user, String password) {
  private static final int DEFAULT_PORT = 6379;
  private static final int LAST_PORT = 65535;

  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[^]]+]|[^:/\\[\\]]+)(?::(\\d{1,5}))?(?:/(\\d{0,5}))?");

  public RedisPlace {
    Objects.requireNonNull(host, "host");
  }

  /**
   * @throws TargetException if there is no such place; it never shows the login
   */
  static RedisPlace of(TargetUri uri) {
    String place = uri.place();
    int at = place.lastIndexOf('@');
    Matcher address =
        ADDRESS.matcher(place.substring(at < 0 ? Math.min(2, place.length()) : at + 1));
    if (!place.startsWith("//") || !address.matches()) {
      throw wrong(uri);
    }
    int port = number(address.group(2), DEFAULT_PORT);
    if (port < 1 || port > LAST_PORT) {
      throw wrong(uri);
    }
    String host = address.group(1).replace("[", "").replace("]", "");
    int database = number(address.group(3), 0);
    if (at < 0) {
      return new RedisPlace(host, port, database, null, null);
    }
    int colon = place.indexOf(':');
    if (colon < 0 || colon > at) {
      throw TargetException.unusable(
          "A login of Redis is written user:password@, or :password@ for the default user");
    }
    String user = TargetUri.decodedLogin(place.substring(2, colon));
    return new RedisPlace(
        host,
        port,
        database,
        user.isEmpty() ? null : user,
        TargetUri.decodedLogin(place.substring(colon + 1, at)));
  }

  private static int number(String digits, int otherwise) {
    return digits == null || digits.isEmpty() ? otherwise : Integer.parseInt(digits);
  }

  private static TargetException wrong(TargetUri uri) {
    return TargetException.unusable(
        "A server of Redis is named as in " + uri.scheme() + "://user:password@host:6379/0");
  }

  @Override
  public String toString() {
    return host + ":" + port + "/" + database;
  }
}
