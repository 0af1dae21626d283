package dev.sluice.target.lucene;

import dev.sluice.consume.MarkerSweep;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a target's URI says of the index.
 *
 * @param directory where it lies
 * @param fields the paths that are indexed, with all below them; empty for all
 * @param markers how long the marker of a delete is kept, in the time of the stream: longer than
 *     any repeat
 */
public record IndexParameters(Path directory, List<String> fields, Duration markers) {
  public IndexParameters {
    Objects.requireNonNull(directory, "directory");
    fields = List.copyOf(fields);
    Objects.requireNonNull(markers, "markers");
  }

  /**
   * @throws TargetException if a parameter is unknown or wrong
   */
  public static IndexParameters of(TargetUri uri) {
    uri.requireKnown(false, "fields", "markers");
    return new IndexParameters(
        directory(uri.place()),
        uri.parameter("fields").map(all -> List.of(all.split(","))).orElse(List.of()),
        MarkerSweep.time(uri, "markers"));
  }

  static Path directory(String place) {
    if (place.isEmpty()) {
      throw TargetException.unusable(
          "An index is written as lucene:DIRECTORY, such as lucene:index/");
    }
    try {
      return Path.of(place);
    } catch (InvalidPathException e) {
      throw TargetException.unusable("\"" + place + "\" is no name of a directory");
    }
  }

  /** The same of another directory. */
  IndexParameters in(Path other) {
    return new IndexParameters(other, fields, markers);
  }

  /** Whether what is at this path is indexed. */
  boolean covers(String path) {
    return fields.isEmpty()
        || fields.stream().anyMatch(field -> path.equals(field) || path.startsWith(field + "."));
  }
}
