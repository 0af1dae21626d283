package dev.sluice.target.sql;

import dev.sluice.consume.Column;
import dev.sluice.consume.MarkerSweep;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What a target's URI says of its tables.
 *
 * @param columns that are declared
 * @param history whether every event is kept as well
 * @param fullNames whether a table's name has the database in front
 * @param markers how long the marker of a delete is kept, in the time of the stream: longer than
 *     any repeat
 */
public record SqlParameters(
    List<Column> columns, boolean history, boolean fullNames, Duration markers) {
  public SqlParameters {
    columns = List.copyOf(columns);
    Objects.requireNonNull(markers, "markers");
  }

  /**
   * @throws TargetException if a parameter is unknown or wrong
   */
  public static SqlParameters of(TargetUri uri) {
    uri.requireKnown(true, "columns", "history", "names", "markers");
    String names = uri.parameter("names").orElse("collection");
    if (!names.equals("collection") && !names.equals("full")) {
      throw TargetException.unusable("The target's parameter names is collection or full");
    }
    return new SqlParameters(
        uri.columns(), uri.flag("history"), names.equals("full"), MarkerSweep.time(uri, "markers"));
  }
}
