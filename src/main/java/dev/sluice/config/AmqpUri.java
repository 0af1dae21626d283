package dev.sluice.config;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An {@code amqp://} URI as the specification has it (https://www.rabbitmq.com/docs/uri-spec), with
 * one addition: several hosts, with commas between. What is left out takes the protocol's default.
 *
 * <p>No sentence here shows any of the URI but names of its parameters: it may hold a password, in
 * any place if it is mistyped.
 */
record AmqpUri(
    boolean tls,
    List<HostPort> addresses,
    String username,
    Secret password,
    String virtualHost,
    Map<String, String> parameters) {
  private static final String LOOKS_LIKE =
      "must look like amqp://user:password@host:5672/vhost or amqps://…, with special characters of"
          + " user and password percent-encoded";

  /**
   * @throws IllegalArgumentException if the text is no such URI; its message is the sentence
   *     without its subject
   */
  static AmqpUri parse(String text) {
    boolean tls = text.startsWith("amqps://");
    if (!tls && !text.startsWith("amqp://")) {
      throw wrong(LOOKS_LIKE);
    }
    String rest = text.substring(text.indexOf("//") + 2);
    if (rest.contains("://")) {
      throw wrong(
          "holds more than one URI: write its hosts with commas between, as in"
              + " amqp://user:password@one:5672,two:5672/vhost");
    }
    int query = rest.indexOf('?');
    // A password with a question mark in it is not to be taken for parameters, and shown.
    if (rest.chars().anyMatch(c -> c == '#' || Character.isWhitespace(c))
        || query >= 0 && rest.indexOf('@', query) >= 0) {
      throw wrong(LOOKS_LIKE);
    }
    String located = query < 0 ? rest : rest.substring(0, query);
    int slash = located.indexOf('/');
    String authority = slash < 0 ? located : located.substring(0, slash);
    int at = authority.indexOf('@');
    String[] login = login(at < 0 ? "guest:guest" : authority.substring(0, at));
    return new AmqpUri(
        tls,
        addresses(authority.substring(at + 1), tls ? 5671 : 5672),
        login[0],
        new Secret(login[1]),
        slash < 0 ? "/" : virtualHost(located.substring(slash + 1)),
        query < 0 ? Map.of() : parameters(rest.substring(query + 1)));
  }

  private static String[] login(String userInfo) {
    int colon = userInfo.indexOf(':');
    if (colon < 0) {
      throw wrong(
          "has a user and no password: write both, as in amqp://user:password@host (a user without"
              + " one has user:@host)");
    }
    return new String[] {
      decode(userInfo.substring(0, colon)), decode(userInfo.substring(colon + 1))
    };
  }

  private static List<HostPort> addresses(String hosts, int port) {
    List<HostPort> addresses = new ArrayList<>();
    for (String host : hosts.split(",", -1)) {
      boolean alone = !hosts.contains(",");
      String named =
          alone && (host.isEmpty() || host.startsWith(":")) ? "localhost" + host : decode(host);
      if (!named.startsWith("[") && named.indexOf(':') != named.lastIndexOf(':')) {
        throw wrong("has an IPv6 address without brackets: write amqp://[::1]:5672");
      }
      try {
        addresses.add(HostPort.parse(named, port));
      } catch (IllegalArgumentException e) {
        throw wrong(LOOKS_LIKE);
      }
    }
    return addresses;
  }

  /** A slash with nothing behind it names the virtual host "", which hardly anybody means. */
  private static String virtualHost(String path) {
    if (path.isEmpty()) {
      throw wrong(
          "ends in a slash, which names a virtual host without a name: leave the slash out for the"
              + " virtual host \"/\", or write %2F behind it");
    }
    if (path.contains("/")) {
      throw wrong("has a slash inside its virtual host: write it as %2F");
    }
    return decode(path);
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String part : query.split("&", -1)) {
      int equals = part.indexOf('=');
      if (equals < 1 || equals == part.length() - 1) {
        throw wrong("has no name=value behind its question mark: write ?name=value&name=value");
      }
      String name = part.substring(0, equals);
      if (parameters.put(name, decode(part.substring(equals + 1))) != null) {
        throw wrong("has the parameter " + name + " twice: leave one out");
      }
    }
    return parameters;
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw wrong(LOOKS_LIKE);
    }
  }

  private static IllegalArgumentException wrong(String problem) {
    return new IllegalArgumentException(problem);
  }
}
