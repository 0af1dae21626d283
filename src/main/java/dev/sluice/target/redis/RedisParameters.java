package dev.sluice.target.redis;

import dev.sluice.config.NamedFile;
import dev.sluice.config.TlsFiles;
import dev.sluice.consume.MarkerSweep;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What a target's URI says of Redis.
 *
 * @param prefix what the keys of documents begin with; may be empty
 * @param key of invalidated values a pattern, else the stream's name
 * @param maxLength about how many entries a stream has at most; 0 for no limit
 * @param markers how long the marker of a delete is kept: longer than any repeat
 * @param replicas how many replicas have to have a batch before it is confirmed; 0 for none
 */
public record RedisParameters(
    RedisPlace place,
    Optional<TlsFiles> tls,
    Mode mode,
    String prefix,
    String key,
    long maxLength,
    Duration markers,
    int replicas) {
  /** What is kept. */
  public enum Mode {
    VALUE,
    INVALIDATE,
    STREAM
  }

  private static final String TLS_SCHEME = "rediss";

  /** Of all modes. */
  private static final String[] COMMON = {"mode", "wait", "tls.ca", "tls.cert", "tls.key"};

  public RedisParameters {
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(prefix, "prefix");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(markers, "markers");
  }

  /**
   * @throws TargetException if a parameter is unknown or wrong
   */
  public static RedisParameters of(TargetUri uri) {
    Mode mode = mode(uri);
    switch (mode) {
      case VALUE -> known(uri, "prefix", "markers");
      case INVALIDATE -> known(uri, "key");
      case STREAM -> known(uri, "key", "maxlen");
    }
    return new RedisParameters(
        RedisPlace.of(uri),
        tls(uri),
        mode,
        uri.parameter("prefix").orElse(""),
        uri.parameter("key").orElse(mode == Mode.STREAM ? "sluice:events" : "{collection}:{id}"),
        number(uri, "maxlen"),
        markers(uri),
        Math.toIntExact(number(uri, "wait")));
  }

  private static Mode mode(TargetUri uri) {
    return switch (uri.parameter("mode").orElse("value")) {
      case "value" -> Mode.VALUE;
      case "invalidate" -> Mode.INVALIDATE;
      case "stream" -> Mode.STREAM;
      default ->
          throw TargetException.unusable(
              "The target's parameter mode is value, invalidate or stream");
    };
  }

  private static void known(TargetUri uri, String... own) {
    String[] all = new String[COMMON.length + own.length];
    System.arraycopy(COMMON, 0, all, 0, COMMON.length);
    System.arraycopy(own, 0, all, COMMON.length, own.length);
    uri.requireKnown(false, all);
  }

  private static long number(TargetUri uri, String name) {
    String text = uri.parameter(name).orElse("0");
    // Nine digits: nobody has more replicas, or so long a stream in memory.
    if (!text.matches("\\d{1,9}")) {
      throw TargetException.unusable(
          "The target's parameter " + name + " is a whole number, not \"" + text + "\"");
    }
    return Long.parseLong(text);
  }

  private static Duration markers(TargetUri uri) {
    Duration markers = MarkerSweep.time(uri, "markers");
    if (markers.isZero()) {
      throw TargetException.unusable(
          "The target's parameter markers: a marker has to stay longer than any repeat");
    }
    return markers;
  }

  private static Optional<TlsFiles> tls(TargetUri uri) {
    Optional<NamedFile> certificate = file(uri, "tls.cert");
    Optional<NamedFile> key = file(uri, "tls.key");
    if (certificate.isPresent() != key.isPresent()) {
      throw TargetException.unusable("The target's parameters tls.cert and tls.key go together");
    }
    TlsFiles files = new TlsFiles(file(uri, "tls.ca"), certificate, key);
    boolean tls = uri.scheme().equals(TLS_SCHEME);
    if (files.any() && !tls) {
      throw TargetException.unusable("The target's parameters tls.… are for rediss:");
    }
    return tls ? Optional.of(files) : Optional.empty();
  }

  private static Optional<NamedFile> file(TargetUri uri, String name) {
    try {
      return uri.parameter(name).map(path -> new NamedFile(name, Path.of(path)));
    } catch (InvalidPathException e) {
      throw TargetException.unusable("The target's parameter " + name + " is no path of a file", e);
    }
  }
}
