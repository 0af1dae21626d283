package dev.sluice.target.sql;

import dev.sluice.consume.TargetException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file that a consumer keeps, opened for questions and never changed by them. What it is, its
 * first bytes say, and of those without a mark the name.
 *
 * @param path as it was given; of files without tables it may have a {@code *}
 */
public record KeptFile(String path) {
  private static final String SQLITE_MARK = "SQLite format 3\0";

  /** Behind eight bytes of a checksum. */
  private static final String DUCKDB_MARK = "DUCK";

  private static final int DUCKDB_MARK_AT = 8;

  /** {@code SQLITE_OPEN_READONLY}, https://www.sqlite.org/c3ref/open.html. */
  private static final String READ_ONLY = "1";

  /** The last line may be on its way just now: it is no JSON, and passed over. */
  private static final String OF_JSON_LINES =
      "select eventId as message_id, position, operation, time, database, collection, _id as id,"
          + " idType as id_type, document from read_json(%s, format = 'newline_delimited',"
          + " ignore_errors = true, columns = {eventId: 'varchar', position: 'varchar',"
          + " operation: 'varchar', time: 'timestamp', database: 'varchar', collection: 'varchar',"
          + " _id: 'varchar', idType: 'varchar', document: 'json'}) where eventId is not null";

  /**
   * Opens it.
   *
   * @throws TargetException if it is not there, is none, or lets nobody in
   */
  public Connection open() {
    try {
      byte[] head = head();
      if (has(head, 0, SQLITE_MARK)) {
        return Drivers.connect(
            "org.sqlite.JDBC", "jdbc:sqlite:" + path, Map.of("open_mode", READ_ONLY));
      }
      return has(head, DUCKDB_MARK_AT, DUCKDB_MARK)
          ? duckDb(path, Map.of("access_mode", "read_only"))
          : withoutTables();
    } catch (IOException e) {
      throw TargetException.unusable(path + " cannot be read: " + e, e);
    } catch (SQLException e) {
      throw recognise(e);
    }
  }

  /** What a failure of a question means. */
  public TargetException recognise(SQLException failure) {
    String holder = DuckDbFailures.holder(failure);
    if (holder != null) {
      return TargetException.unusable(
          path
              + " is being written by the process "
              + holder
              + ", and DuckDB lets nobody else read it meanwhile: stop that process, or keep a"
              + " SQLite file or JSON Lines beside it for questions at any time (docs/targets/QUESTIONS.md)",
          failure);
    }
    return TargetException.unusable(
        path + ": " + String.valueOf(failure.getMessage()).strip(), failure);
  }

  private byte[] head() throws IOException {
    if (path.contains("*")) {
      return new byte[0];
    }
    if (!Files.isRegularFile(Path.of(path))) {
      throw TargetException.unusable("There is no file " + path);
    }
    try (InputStream in = Files.newInputStream(Path.of(path))) {
      return in.readNBytes(SQLITE_MARK.length());
    }
  }

  private static boolean has(byte[] head, int at, String mark) {
    return head.length >= at + mark.length()
        && new String(head, at, mark.length(), StandardCharsets.ISO_8859_1).equals(mark);
  }

  private static Connection duckDb(String place, Map<String, String> more) throws SQLException {
    Map<String, String> properties = new TreeMap<>(more);
    properties.put("autoinstall_known_extensions", "false");
    return Drivers.connect("org.duckdb.DuckDBDriver", "jdbc:duckdb:" + place, properties);
  }

  /** The history of all collections, as the view {@code events} of a database in memory. */
  private Connection withoutTables() throws SQLException {
    String literal = "'" + path.replace("'", "''") + "'";
    String name = path.toLowerCase(Locale.ROOT);
    String query;
    if (name.endsWith(".jsonl")) {
      query = String.format(Locale.ROOT, OF_JSON_LINES, literal);
    } else if (name.endsWith(".csv")) {
      query = "select * from read_csv(" + literal + ", header = true)";
    } else if (name.endsWith(".parquet")) {
      query = "select * from read_parquet(" + literal + ")";
    } else {
      throw TargetException.unusable(
          path + " is no database of SQLite or DuckDB, and no .jsonl, .csv or .parquet");
    }
    Connection connection = duckDb("", Map.of());
    try (Statement statement = connection.createStatement()) {
      statement.execute("create view events as " + query);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}
