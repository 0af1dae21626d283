package dev.sluice.consume;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code --to} says: a scheme, where the store is, and parameters behind a question mark, as
 * in {@code jdbc:sqlite:plays.db?columns=score:int&history=true}. Shows itself without its
 * password.
 *
 * @param scheme in lower case, without the colon: {@code file}, {@code jdbc:sqlite}, {@code
 *     opensearch+https}
 * @param place what follows the scheme's colon up to the question mark: {@code plays.db}, {@code
 *     //host:5432/database}
 * @param parameters by name, decoded
 */
public record TargetUri(String scheme, String place, Map<String, String> parameters) {
  private static final Pattern SCHEME =
      Pattern.compile("((?i:jdbc:)?[A-Za-z][A-Za-z0-9+.-]*):(.*)", Pattern.DOTALL);

  private static final Pattern LOGIN = Pattern.compile("^//.*@", Pattern.DOTALL);

  /** The first word of one, unless it is something else than a name. */
  private static final Pattern COMMAND = Pattern.compile("\\s*([A-Za-z0-9_./-]+)(?=\\s|$)");

  /** All behind their colon is the place: a command, or a URL with parameters of its own. */
  private static final Set<String> WITHOUT_PARAMETERS = Set.of("exec", "http", "https");

  /** Beginning of the parameters that are the store's driver's, not ours. */
  private static final String OF_DRIVER = "driver.";

  public TargetUri {
    Objects.requireNonNull(scheme, "scheme");
    Objects.requireNonNull(place, "place");
    parameters = Map.copyOf(parameters);
  }

  /**
   * @throws TargetException if it is no such URI
   */
  public static TargetUri parse(String text) {
    Matcher matcher = SCHEME.matcher(text);
    if (!matcher.matches()) {
      throw TargetException.unusable(
          "A target is written as a URI, such as file:plays.jsonl or jdbc:sqlite:plays.db");
    }
    String rest = matcher.group(2);
    String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
    int query = WITHOUT_PARAMETERS.contains(scheme) ? -1 : rest.indexOf('?');
    return new TargetUri(
        scheme,
        query < 0 ? rest : rest.substring(0, query),
        query < 0 ? Map.of() : parameters(rest.substring(query + 1)));
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        throw TargetException.unusable(
            "What follows the question mark of a target is name=value, with & between");
      }
      String name = pair.substring(0, equals);
      if (parameters.put(name, decode(pair.substring(equals + 1), "parameters")) != null) {
        throw TargetException.unusable("The target has the parameter " + name + " twice");
      }
    }
    return parameters;
  }

  /**
   * A user or a password, of which a URI has what is special percent-encoded.
   *
   * @throws TargetException if it is not encoded as that; shows nothing of it
   */
  public static String decodedLogin(String text) {
    return decode(text, "login");
  }

  private static String decode(String text, String part) {
    try {
      // A plus is a plus here, as in all of a URI but a form's.
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw TargetException.unusable(
          "A percent sign in the target's " + part + " is written as %25");
    }
  }

  /**
   * Refuses parameters of which the target knows nothing.
   *
   * @param driver whether those that begin with {@code driver.} are handed to a driver
   */
  public void requireKnown(boolean driver, String... names) {
    Set<String> known = new TreeSet<>(List.of(names));
    List<String> unknown =
        parameters.keySet().stream()
            .filter(name -> !known.contains(name) && !(driver && name.startsWith(OF_DRIVER)))
            .sorted()
            .toList();
    if (!unknown.isEmpty()) {
      throw TargetException.unusable(
          "The target "
              + scheme
              + ": has no parameter "
              + String.join(", ", unknown)
              + "; it has "
              + (known.isEmpty() ? "none" : String.join(", ", known))
              + (driver ? ", and driver.NAME for the driver's own" : ""));
    }
  }

  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /** True if it is {@code true}, false if it is {@code false} or missing. */
  public boolean flag(String name) {
    String value = parameters.getOrDefault(name, "false");
    if (!value.equals("true") && !value.equals("false")) {
      throw TargetException.unusable(
          "The target's parameter " + name + " is true or false, not \"" + value + "\"");
    }
    return value.equals("true");
  }

  /** The columns that {@code columns} declares; none if it is missing. */
  public List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    for (String text : parameter("columns").map(all -> all.split(",", -1)).orElse(new String[0])) {
      try {
        columns.add(Column.parse(text));
      } catch (IllegalArgumentException e) {
        throw TargetException.unusable("In the target's parameter columns " + e.getMessage());
      }
    }
    return columns;
  }

  /** What is not meant for a driver: all that decides what is kept, by name and in its order. */
  public SortedMap<String, String> ownParameters() {
    SortedMap<String, String> own = new TreeMap<>(parameters);
    own.keySet().removeIf(name -> name.startsWith(OF_DRIVER));
    return own;
  }

  /** What is meant for the store's driver, without the {@code driver.} in front. */
  public Map<String, String> driverParameters() {
    Map<String, String> own = new LinkedHashMap<>();
    parameters.forEach(
        (name, value) -> {
          if (name.startsWith(OF_DRIVER)) {
            own.put(name.substring(OF_DRIVER.length()), value);
          }
        });
    return own;
  }

  /** As a log line names it: without login, secrets and parameters. */
  @Override
  public String toString() {
    if (scheme.equals("exec")) {
      // What is behind the command's name may be anything, a password too.
      Matcher name = COMMAND.matcher(place);
      return scheme + ":" + (name.lookingAt() ? name.group(1) : "***");
    }
    String shown = WITHOUT_PARAMETERS.contains(scheme) ? place.split("\\?", 2)[0] : place;
    return scheme + ":" + LOGIN.matcher(shown).replaceFirst("//***@");
  }
}
