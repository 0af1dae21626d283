package dev.sluice.target.cassandra;

import dev.sluice.consume.Column;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a target's URI says of a cluster and its tables: {@code
 * cassandra://user:password@host:9042,host/keyspace?datacenter=dc1}. Shows itself without the
 * login. Knows nothing of the driver, which may be missing.
 *
 * @param hosts to begin with; the driver learns of the others
 * @param user null for none
 * @param password null for none
 * @param datacenter whose nodes are used; null for that of the hosts
 * @param consistency of writes; reads take the same, where it is one for reads
 * @param fullNames whether a table's name has the database in front
 * @param driver the driver's own settings by their path, such as {@code basic.request.timeout}
 */
record CassandraParameters(
    List<Host> hosts,
    String keyspace,
    String user,
    String password,
    String datacenter,
    String consistency,
    List<Column> columns,
    boolean fullNames,
    Map<String, String> driver) {
  /** A node's name or address, and its port for CQL. */
  record Host(String name, int port) {
    @Override
    public String toString() {
      return name + ":" + port;
    }
  }

  private static final Pattern PLACE =
      Pattern.compile("//(?:(?<login>.*)@)?(?<hosts>[^/@]+)/(?<keyspace>[^/]+)");

  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]+)(?::(\\d+))?");

  private static final int CQL_PORT = 9042;
  private static final int LAST_PORT = 65_535;

  /**
   * Below a quorum one node that is lost takes with it what was confirmed, and the floor of a drop
   * may not be seen.
   */
  private static final Set<String> CONSISTENCIES =
      new TreeSet<>(Set.of("LOCAL_QUORUM", "QUORUM", "EACH_QUORUM", "ALL"));

  CassandraParameters {
    hosts = List.copyOf(hosts);
    Objects.requireNonNull(keyspace, "keyspace");
    Objects.requireNonNull(consistency, "consistency");
    columns = List.copyOf(columns);
    driver = Map.copyOf(driver);
  }

  /**
   * @throws TargetException if something is unknown, missing or wrong
   */
  static CassandraParameters of(TargetUri uri) {
    uri.requireKnown(true, "columns", "names", "datacenter", "consistency");
    Matcher place = PLACE.matcher(uri.place());
    if (!place.matches()) {
      throw TargetException.unusable(
          "A target in Cassandra is written as"
              + " cassandra://user:password@host:9042/keyspace?datacenter=dc1, the login only if"
              + " there is one");
    }
    String[] login =
        place.group("login") == null ? new String[0] : place.group("login").split(":", 2);
    return new CassandraParameters(
        hosts(place.group("hosts")),
        TargetUri.decodedLogin(place.group("keyspace")),
        login.length > 0 ? TargetUri.decodedLogin(login[0]) : null,
        login.length > 1 ? TargetUri.decodedLogin(login[1]) : null,
        uri.parameter("datacenter").orElse(null),
        consistency(uri),
        uri.columns(),
        fullNames(uri),
        uri.driverParameters());
  }

  private static List<Host> hosts(String text) {
    List<Host> hosts = new ArrayList<>();
    for (String each : text.split(",", -1)) {
      Matcher host = HOST.matcher(each);
      if (!host.matches()) {
        throw TargetException.unusable(
            "The hosts of a target in Cassandra are written as host:9042,host:9042");
      }
      hosts.add(new Host(host.group(1), port(host.group(2))));
    }
    return hosts;
  }

  private static int port(String digits) {
    if (digits == null) {
      return CQL_PORT;
    }
    int port = digits.length() <= 5 ? Integer.parseInt(digits) : 0;
    if (port < 1 || port > LAST_PORT) {
      throw TargetException.unusable("The target's port " + digits + " is not one of 1 to 65535");
    }
    return port;
  }

  private static String consistency(TargetUri uri) {
    String consistency = uri.parameter("consistency").orElse("LOCAL_QUORUM");
    if (!CONSISTENCIES.contains(consistency)) {
      throw TargetException.unusable(
          "The target's parameter consistency is "
              + String.join(", ", CONSISTENCIES)
              + ": with less than a quorum what is confirmed could be lost");
    }
    return consistency;
  }

  private static boolean fullNames(TargetUri uri) {
    String names = uri.parameter("names").orElse("collection");
    if (!names.equals("collection") && !names.equals("full")) {
      throw TargetException.unusable("The target's parameter names is collection or full");
    }
    return names.equals("full");
  }

  /** Hosts and keyspace. */
  @Override
  public String toString() {
    return "//" + String.join(",", hosts.stream().map(Host::toString).toList()) + "/" + keyspace;
  }
}
