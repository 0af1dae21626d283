package dev.sluice.config;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Turns the texts that were given into values. A text that is wrong adds a sentence to the problems
 * and yields the default, so that reading goes on and finds the other problems.
 */
final class SettingValues {
  private static final Pattern BYTES = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB)?");

  private final Map<String, String> given;
  private final List<String> problems;
  private final Map<SettingKey, String> contents = new EnumMap<>(SettingKey.class);

  SettingValues(Map<String, String> given, List<String> problems) {
    this.given = given;
    this.problems = problems;
  }

  /** Exactly as given, or the default; never empty unless the key may be. */
  String text(SettingKey key) {
    String text = given.get(key.name());
    if (text == null) {
      return key.defaultValue();
    }
    if (text.isEmpty() && !key.mayBeEmpty()) {
      return wrong(key, "is empty: remove it for the default");
    }
    if (text.isBlank() && !text.isEmpty()) {
      return wrong(key, "holds nothing but blanks: remove it for the default");
    }
    return text;
  }

  /**
   * A text that names something.
   *
   * @param problem what is wrong with it, as the rest of a sentence
   */
  String name(SettingKey key, Function<String, Optional<String>> problem) {
    String text = text(key);
    return problem.apply(text).map(wrong -> wrong(key, wrong)).orElse(text);
  }

  /** Patterns of namespaces with commas between; none where nothing is given. */
  List<NamespacePattern> namespaces(SettingKey key) {
    String text = text(key);
    if (text.isEmpty()) {
      return List.of();
    }
    try {
      List<NamespacePattern> patterns = Scope.parse(text);
      patterns.stream()
          .filter(pattern -> !Scope.mayContain(pattern))
          .forEach(
              pattern -> wrong(key, "names " + pattern + ", which is never captured: remove it"));
      return patterns;
    } catch (IllegalArgumentException e) {
      wrong(key, "cannot be read: " + e.getMessage());
      return List.of();
    }
  }

  long number(SettingKey key, long least, long most) {
    String text = text(key);
    String range = "must be a whole number from " + least + " to " + most;
    try {
      long number = Long.parseLong(text);
      return number >= least && number <= most
          ? number
          : Long.parseLong(wrong(key, range + ", not " + number));
    } catch (NumberFormatException e) {
      return Long.parseLong(wrong(key, range + ", not \"" + text + "\""));
    }
  }

  boolean flag(SettingKey key) {
    String text = text(key);
    if (!text.equals("true") && !text.equals("false")) {
      text = wrong(key, "must be true or false, not \"" + text + "\"");
    }
    return Boolean.parseBoolean(text);
  }

  <E extends Enum<E>> E oneOf(SettingKey key, Class<E> type) {
    String text = text(key);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> written(constant).equals(text))
        .findFirst()
        .orElseGet(
            () -> {
              String choices =
                  Arrays.stream(type.getEnumConstants())
                      .map(SettingValues::written)
                      .collect(Collectors.joining(", "));
              String other = wrong(key, "must be one of " + choices + ", not \"" + text + "\"");
              return Enum.valueOf(type, other.toUpperCase(Locale.ROOT).replace('-', '_'));
            });
  }

  /** The views are DynamoDB's, the modes of a snapshot Debezium's, and written as there. */
  private static String written(Enum<?> constant) {
    if (constant instanceof SnapshotSettings.Mode) {
      return constant.name().toLowerCase(Locale.ROOT);
    }
    return constant instanceof View
        ? constant.name()
        : constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  Set<String> someOf(SettingKey key, Set<String> choices) {
    String text = text(key);
    Set<String> chosen = new LinkedHashSet<>();
    for (String part : text.split(",", -1)) {
      if (!choices.contains(part.strip())) {
        String list = String.join(", ", new TreeSet<>(choices));
        String other = wrong(key, "must list some of " + list + ", not \"" + part.strip() + "\"");
        return Set.of(other.split(","));
      }
      chosen.add(part.strip());
    }
    return chosen;
  }

  /** Where to listen; empty for a key that may be empty and is. */
  Optional<HostPort> listenOn(SettingKey key) {
    try {
      return text(key).isEmpty() ? Optional.empty() : Optional.of(HostPort.listenOn(text(key)));
    } catch (IllegalArgumentException e) {
      wrong(key, e.getMessage());
      return Optional.empty();
    }
  }

  Duration duration(SettingKey key, Duration least, Duration most) {
    return Durations.parse(problemWith(key, least, most) ? key.defaultValue() : text(key));
  }

  /** Empty for a key that may be empty and is. */
  Optional<Duration> optionalDuration(SettingKey key, Duration least, Duration most) {
    return text(key).isEmpty() || problemWith(key, least, most)
        ? Optional.empty()
        : Optional.of(Durations.parse(text(key)));
  }

  /** Notes what is wrong with a duration that has no default. */
  private boolean problemWith(SettingKey key, Duration least, Duration most) {
    try {
      Duration duration = Durations.parse(text(key));
      if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
        return false;
      }
      wrong(key, "must be from " + Durations.print(least) + " to " + Durations.print(most));
    } catch (IllegalArgumentException e) {
      wrong(key, "must be a duration: " + e.getMessage());
    }
    return true;
  }

  /** {@code Long.MAX_VALUE} for a key that may be empty and is. */
  long bytes(SettingKey key, long least, long most) {
    String text = text(key);
    if (text.isEmpty()) {
      return Long.MAX_VALUE;
    }
    Matcher matcher = BYTES.matcher(text);
    if (!matcher.matches()) {
      return bytesOf(
          wrong(key, "must be a size such as 65536, 512KiB or 16MiB, not \"" + text + "\""));
    }
    long bytes = bytesOf(text);
    return bytes >= least && bytes <= most
        ? bytes
        : bytesOf(wrong(key, "must be from " + least + " to " + most + " bytes"));
  }

  private static long bytesOf(String text) {
    if (text.isEmpty()) {
      return Long.MAX_VALUE;
    }
    Matcher matcher = BYTES.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalStateException("a default that is no size: " + text);
    }
    String unit = matcher.group(2) == null ? "B" : matcher.group(2);
    int shift = List.of("B", "KiB", "MiB", "GiB").indexOf(unit) * 10;
    long count = Long.parseLong(matcher.group(1));
    return count > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : count << shift;
  }

  /**
   * A text that may stand in a file instead, as Docker and Kubernetes hand over secrets: the whole
   * file, without the one line end that an editor leaves.
   */
  String textOrFile(SettingKey key, SettingKey fileKey) {
    Optional<NamedFile> file = file(fileKey);
    if (file.isEmpty()) {
      return text(key);
    }
    if (!given.getOrDefault(key.name(), "").isEmpty()) {
      return wrong(key, "and " + fileKey + " are both set: remove one of them");
    }
    String text = content(key, file.get());
    contents.put(key, text);
    return text;
  }

  /** What {@link #textOrFile} has taken from files, by the key it is of. */
  Map<SettingKey, String> contents() {
    return contents;
  }

  /** What is in the file that the key names; empty if it names none. */
  Optional<String> contentOf(SettingKey fileKey) {
    return file(fileKey).map(file -> content(fileKey, file));
  }

  /** The default of the key if it cannot be read. */
  private String content(SettingKey key, NamedFile file) {
    try {
      String text = Files.readString(file.path()).replaceFirst("\\r?\\n\\z", "");
      return text.isBlank() ? wrongFile(key, file, "is empty") : text;
    } catch (NoSuchFileException e) {
      return wrongFile(key, file, "does not exist: check the path");
    } catch (AccessDeniedException e) {
      return wrongFile(key, file, "may not be read by this user: check its owner and mode");
    } catch (IOException e) {
      return wrongFile(key, file, "cannot be read: make it a readable text file in UTF-8");
    }
  }

  /** Which of the two keys holds the text, as {@link #textOrFile} reads it. */
  SettingKey origin(SettingKey key, SettingKey fileKey) {
    return text(fileKey).isEmpty() ? key : fileKey;
  }

  /** A URI, in which a blank has no meaning, so that one at an end is a slip of the pen. */
  String uri(SettingKey key, SettingKey fileKey) {
    String uri = textOrFile(key, fileKey);
    return uri.equals(uri.strip())
        ? uri
        : wrong(key, "has a blank or a line end at its beginning or its end: remove it");
  }

  private Optional<NamedFile> file(SettingKey key) {
    String path = text(key);
    try {
      return path.isEmpty()
          ? Optional.empty()
          : Optional.of(new NamedFile(key.name(), Path.of(path)));
    } catch (InvalidPathException e) {
      wrong(key, "is no path of a file");
      return Optional.empty();
    }
  }

  TlsFiles tlsFiles(SettingKey authorities, SettingKey certificate, SettingKey key) {
    Optional<NamedFile> certificateFile = file(certificate);
    Optional<NamedFile> keyFile = file(key);
    if (certificateFile.isPresent() != keyFile.isPresent()) {
      boolean keyMissing = certificateFile.isPresent();
      wrong(
          keyMissing ? certificate : key,
          "needs " + (keyMissing ? key : certificate) + ": a certificate and its key go together");
      return TlsFiles.NONE;
    }
    return new TlsFiles(file(authorities), certificateFile, keyFile);
  }

  private String wrongFile(SettingKey key, NamedFile file, String problem) {
    problems.add(file + " " + problem + ".");
    return key.defaultValue();
  }

  /** Adds the problem; what comes back is the default, in its place. */
  String wrong(SettingKey key, String problem) {
    problems.add(key + " " + problem + ".");
    return key.defaultValue();
  }
}
