package dev.sluice.target.sql;

import dev.sluice.consume.TargetException;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a failure of DuckDB means. It has no codes: its messages begin with the name of the
 * exception ({@code ExceptionTypeToString} in its {@code src/common/exception.cpp}), and what kept
 * it from a file stands behind that.
 */
final class DuckDbFailures {
  private static final Pattern LOCKED = Pattern.compile("Could not set lock.*\\(PID (\\d+)\\).*");

  /** Somebody has to do something about these; any other I/O goes away, as a full disk does. */
  private static final List<String> OF_THE_PLACE =
      List.of("not a valid DuckDB database", "Cannot open", "Is a directory", "Permission denied");

  private DuckDbFailures() {}

  static TargetException recognise(String name, SQLException failure) {
    String said = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    String sentence = name + ": " + said;
    if (holder(failure) != null) {
      return TargetException.unavailable(
          name + " is open in the process " + holder(failure) + ", and only one at a time may",
          failure);
    }
    if (said.startsWith("Constraint Error") || said.startsWith("Conversion Error")) {
      return TargetException.refused(sentence, failure);
    }
    boolean forNow =
        said.startsWith("Out of Memory Error")
            || said.startsWith("TransactionContext Error")
            || said.startsWith("IO Error") && OF_THE_PLACE.stream().noneMatch(said::contains);
    return forNow
        ? TargetException.unavailable(sentence, failure)
        : TargetException.unusable(sentence, failure);
  }

  /** The process that has the file open; null if that is not the matter. */
  static String holder(SQLException failure) {
    Matcher locked = LOCKED.matcher(String.valueOf(failure.getMessage()).replace('\n', ' '));
    return locked.find() ? locked.group(1) : null;
  }
}
