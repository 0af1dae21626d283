package dev.sluice.config;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

  SettingValues(Map<String, String> given, List<String> problems) {
    this.given = given;
    this.problems = problems;
  }

  /** As given, or the default; never empty unless the key may be. */
  String text(SettingKey key) {
    String text = given.get(key.name());
    if (text == null) {
      return key.defaultValue();
    }
    if (text.isBlank() && !key.mayBeEmpty()) {
      return wrong(key, "is empty: remove it for the default");
    }
    return text.strip();
  }

  /** A text of that many bytes at the most. */
  String name(SettingKey key, int mostBytes) {
    String text = text(key);
    return text.getBytes(StandardCharsets.UTF_8).length <= mostBytes
        ? text
        : wrong(key, "is longer than " + mostBytes + " bytes");
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
              return Enum.valueOf(type, other.toUpperCase(Locale.ROOT));
            });
  }

  private static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
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

  Duration duration(SettingKey key, Duration least, Duration most) {
    try {
      Duration duration = Durations.parse(text(key));
      if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
        return duration;
      }
      wrong(key, "must be from " + Durations.print(least) + " to " + Durations.print(most));
    } catch (IllegalArgumentException e) {
      wrong(key, "must be a duration: " + e.getMessage());
    }
    return Durations.parse(key.defaultValue());
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
    if (!given.getOrDefault(key.name(), "").isBlank()) {
      return wrong(key, "and " + fileKey + " are both set: remove one of them");
    }
    try {
      String text = Files.readString(file.get().path()).replaceFirst("\\r?\\n\\z", "");
      return text.isBlank() ? wrongFile(key, file.get(), "is empty") : text;
    } catch (NoSuchFileException e) {
      return wrongFile(key, file.get(), "does not exist: check the path");
    } catch (AccessDeniedException e) {
      return wrongFile(key, file.get(), "may not be read by this user: check its owner and mode");
    } catch (IOException e) {
      return wrongFile(key, file.get(), "cannot be read: make it a readable text file in UTF-8");
    }
  }

  /** Which of the two keys holds the text, as {@link #textOrFile} reads it. */
  SettingKey origin(SettingKey key, SettingKey fileKey) {
    return text(fileKey).isEmpty() ? key : fileKey;
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

  AmqpAddress amqpAddress() {
    TlsFiles files =
        tlsFiles(
            SettingKey.RABBITMQ_TLS_CA_FILE,
            SettingKey.RABBITMQ_TLS_CERT_FILE,
            SettingKey.RABBITMQ_TLS_KEY_FILE);
    String uri = textOrFile(SettingKey.RABBITMQ_URI, SettingKey.RABBITMQ_URI_FILE);
    if (!uri.isEmpty()) {
      try {
        AmqpAddress address =
            amqpAddress(
                new URI(uri),
                files,
                AmqpKeys.of(origin(SettingKey.RABBITMQ_URI, SettingKey.RABBITMQ_URI_FILE)));
        if (files.any() && !address.tls()) {
          wrong(
              SettingKey.RABBITMQ_URI,
              "begins with amqp://, which is without TLS, and the RABBITMQ_TLS_ files are for TLS:"
                  + " write amqps://, with the port that speaks it");
          files = TlsFiles.NONE;
        } else {
          return address;
        }
      } catch (URISyntaxException | IllegalArgumentException e) {
        // Neither the URI nor the exception's text is shown: both may hold the password.
        wrong(
            SettingKey.RABBITMQ_URI,
            "must look like amqp://user:password@host:5672/vhost or amqps://…, with special"
                + " characters of user and password percent-encoded");
      }
    }
    return new AmqpAddress(
        text(SettingKey.RABBITMQ_HOST),
        (int) number(SettingKey.RABBITMQ_PORT, 1, 65_535),
        files.any(),
        files,
        text(SettingKey.RABBITMQ_DEFAULT_USERNAME),
        new Secret(
            textOrFile(
                SettingKey.RABBITMQ_DEFAULT_PASSWORD, SettingKey.RABBITMQ_DEFAULT_PASSWORD_FILE)),
        text(SettingKey.RABBITMQ_VIRTUAL_HOST),
        AmqpKeys.single(
            origin(
                SettingKey.RABBITMQ_DEFAULT_PASSWORD, SettingKey.RABBITMQ_DEFAULT_PASSWORD_FILE)));
  }

  /** See https://www.rabbitmq.com/docs/uri-spec; what is left out takes the protocol's default. */
  private static AmqpAddress amqpAddress(URI uri, TlsFiles files, AmqpKeys keys) {
    boolean tls = "amqps".equals(uri.getScheme());
    if (!tls && !"amqp".equals(uri.getScheme()) || uri.getHost() == null) {
      throw new IllegalArgumentException("no AMQP URI");
    }
    String user = uri.getRawUserInfo() == null ? "guest:guest" : uri.getRawUserInfo();
    String[] login = user.split(":", 2);
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    if (login.length < 2 || path.indexOf('/', 1) >= 0) {
      throw new IllegalArgumentException("no AMQP URI");
    }
    return new AmqpAddress(
        uri.getHost(),
        uri.getPort() >= 0 ? uri.getPort() : tls ? 5671 : 5672,
        tls,
        files,
        decode(login[0]),
        new Secret(decode(login[1])),
        path.length() <= 1 ? "/" : decode(path.substring(1)),
        keys);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private String wrongFile(SettingKey key, NamedFile file, String problem) {
    problems.add(file + " " + problem + ".");
    return key.defaultValue();
  }

  /** Adds the problem; what comes back is the default, in its place. */
  private String wrong(SettingKey key, String problem) {
    problems.add(key + " " + problem + ".");
    return key.defaultValue();
  }
}
