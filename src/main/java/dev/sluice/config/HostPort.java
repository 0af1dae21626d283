package dev.sluice.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One address of a server.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets
 */
public record HostPort(String host, int port) {
  private static final int MOST = 65_535;

  private static final String LOOPBACK = "127.0.0.1";

  /** A name may hold any letter: what a resolver makes of it is not ours to judge. */
  private static final Pattern NAMED = Pattern.compile("([\\p{L}\\p{N}._-]+)(?::(\\d{1,5}))?");

  private static final Pattern BRACKETED = Pattern.compile("\\[([^\\[\\]]+)](?::(\\d{1,5}))?");

  public HostPort {
    Objects.requireNonNull(host, "host");
    if (host.isEmpty() || port < 1 || port > MOST) {
      throw new IllegalArgumentException("no address of a server");
    }
  }

  /**
   * Reads {@code host}, {@code host:port}, {@code [IPv6]}, {@code [IPv6]:port} or an IPv6 address
   * alone.
   *
   * @param port where none is given
   * @throws IllegalArgumentException if the text is none of these
   */
  static HostPort parse(String text, int port) {
    if (isIpv6(text)) {
      return new HostPort(text, port);
    }
    Matcher named = NAMED.matcher(text);
    Matcher matcher = named.matches() ? named : BRACKETED.matcher(text);
    if (!matcher.matches() || matcher != named && !isIpv6(matcher.group(1))) {
      throw new IllegalArgumentException("no address of a server");
    }
    return new HostPort(
        matcher.group(1), matcher.group(2) == null ? port : Integer.parseInt(matcher.group(2)));
  }

  /**
   * Reads where a server of ours listens: {@code host:port}, or a port alone, which is on loopback.
   *
   * @throws IllegalArgumentException whose message is the rest of a sentence that says what is
   *     wrong
   */
  public static HostPort listenOn(String text) {
    try {
      return parse(text.matches("\\d+") ? LOOPBACK + ":" + text : text, 0);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "must be an address of this machine and a port from 1 to 65535, such as 127.0.0.1:8080,"
              + " not \""
              + text
              + "\"",
          e);
    }
  }

  /** Whether it is an IPv6 address, with a zone or without. Nobody is asked for a name. */
  private static boolean isIpv6(String text) {
    String address = text.split("%", 2)[0];
    if (address.indexOf(':') == address.lastIndexOf(':')) {
      return false;
    }
    try {
      // The brackets say that it is to be read, and never looked up.
      return InetAddress.getByName("[" + address + "]") != null;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** As a log line names it, and as it is read. */
  @Override
  public String toString() {
    return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
  }
}
