package dev.sluice.target.file;

import dev.sluice.consume.Column;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a target's URI says of the file.
 *
 * @param file the name without what rotation puts into it
 * @param columns of a CSV file; empty for JSON Lines
 * @param rotation when the next file begins
 */
public record FileParameters(Path file, List<Column> columns, Rotation rotation) {
  /**
   * When the next file begins: when this one has so many bytes, or when the newest event is of
   * another day (UTC); one of the two, or never.
   *
   * @param bytes 0 for no limit
   */
  public record Rotation(long bytes, boolean daily) {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(KB|MB|GB)");

    static Rotation parse(String text) {
      if (text.equals("never") || text.equals("day")) {
        return new Rotation(0, text.equals("day"));
      }
      Matcher size = SIZE.matcher(text);
      if (!size.matches() || Long.parseLong(size.group(1)) == 0) {
        throw TargetException.unusable(
            "The target's parameter rotate is day, a size such as 100MB, or never");
      }
      int thousands = "KMG".indexOf(size.group(2).charAt(0)) + 1;
      return new Rotation(Long.parseLong(size.group(1)) * (long) Math.pow(1000, thousands), false);
    }

    boolean isOn() {
      return daily || bytes > 0;
    }
  }

  public FileParameters {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(rotation, "rotation");
    columns = List.copyOf(columns);
  }

  /**
   * @throws TargetException if a parameter is unknown or wrong
   */
  public static FileParameters of(TargetUri uri) {
    uri.requireKnown(false, "columns", "format", "rotate");
    if (uri.place().isEmpty()) {
      throw TargetException.unusable(
          "A file is named as in file:plays.jsonl or file:/data/plays.csv");
    }
    boolean csv = isCsv(uri);
    if (csv != uri.parameter("columns").isPresent()) {
      throw TargetException.unusable(
          csv
              ? "A CSV file needs its columns, such as file:plays.csv?columns=_id,word,score"
              : "The target's parameter columns is for CSV; a line of JSON has the whole document");
    }
    try {
      return new FileParameters(
          Path.of(uri.place()),
          uri.columns(),
          Rotation.parse(uri.parameter("rotate").orElse("never")));
    } catch (InvalidPathException e) {
      throw TargetException.unusable("The target's file cannot have the name " + uri.place(), e);
    }
  }

  private static boolean isCsv(TargetUri uri) {
    String end = uri.place().substring(uri.place().lastIndexOf('.') + 1);
    return switch (uri.parameter("format").orElse(end)) {
      case "csv" -> true;
      case "jsonl", "ndjson", "json" -> false;
      default ->
          throw TargetException.unusable(
              "The file's name ends in .jsonl or .csv, or the parameter format says which it is");
    };
  }

  LineFormat lines() {
    return columns.isEmpty() ? new JsonLines() : new CsvLines(columns);
  }

  /** Where the journal lies. */
  Path journal() {
    return sibling(file.getFileName() + ".journal");
  }

  /**
   * The name of a file.
   *
   * @param number from 1 on
   * @param day as 2026-11-20
   */
  String name(long number, String day) {
    String name = file.getFileName().toString();
    if (!rotation.isOn()) {
      return name;
    }
    int dot = name.lastIndexOf('.');
    String stem = dot < 0 ? name : name.substring(0, dot);
    String part = rotation.daily() ? day : String.format(Locale.ROOT, "%06d", number);
    return stem + "-" + part + (dot < 0 ? "" : name.substring(dot));
  }

  Path sibling(String name) {
    return file.toAbsolutePath().resolveSibling(name);
  }
}
