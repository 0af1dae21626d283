package dev.sluice.target.sql;

import dev.sluice.consume.Column;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.mariadb.jdbc.export.MaxAllowedPacketException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MariaDB and MySQL 8 by MariaDB's driver
 * (https://mariadb.com/kb/en/insert-on-duplicate-key-update/).
 */
public final class MariaDbDialect implements SqlDialect {
  private static final Logger log = LoggerFactory.getLogger(MariaDbDialect.class);

  private static final String DRIVER = "org.mariadb.jdbc.Driver";

  /** The driver's property for the server's {@code max_allowed_packet}. */
  private static final String LARGEST = "maxAllowedPacket";

  private static final Map<String, String> PROPERTIES =
      Map.of(
          "connectTimeout", "10000",
          // A network that swallows everything; to empty a large table may take minutes.
          "socketTimeout", "600000",
          "tcpKeepAlive", "true");

  /** Without the first a value that is too long is cut, or a wrong one made zero, in silence. */
  private static final String SESSION =
      "set session sql_mode = 'STRICT_ALL_TABLES', innodb_lock_wait_timeout = 30";

  // https://mariadb.com/kb/en/decimal/ and https://mariadb.com/kb/en/datetime/
  private static final int DECIMAL_DIGITS = 65;
  private static final int DECIMAL_SCALE = 30;
  private static final Instant FIRST_TIME = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant LAST_TIME = Instant.parse("9999-12-31T23:59:59.999Z");

  // https://mariadb.com/kb/en/mariadb-error-code-reference/
  /**
   * Disk or table full, a failure of the engine or of its commit, too many connections, a shutdown,
   * a read-only server (as one that has become the replica), a lock that did not come, a deadlock,
   * a statement or connection that was ended, and what another consumer has made a moment before.
   */
  private static final Set<Integer> AWAY =
      Set.of(
          1021, 1114, 1026, 1030, 1180, 1040, 1203, 1053, 1290, 1792, 1836, 1205, 1213, 1317, 1927,
          1969, 3024, 1050, 1060);

  /** A packet, a row, a key that is too large. */
  private static final Set<Integer> TOO_LARGE = Set.of(1153, 1118, 1071, 1301);

  private final ServerPlace place;
  private final String product;
  private final String collation;

  private MariaDbDialect(TargetUri uri, String product, String collation) {
    this.place = ServerPlace.of(uri, PROPERTIES);
    this.product = product;
    this.collation = collation;
  }

  /** For {@code jdbc:mariadb://}. */
  public static MariaDbDialect mariaDb(TargetUri uri) {
    return new MariaDbDialect(uri, "MariaDB", "utf8mb4_nopad_bin");
  }

  /** For {@code jdbc:mysql://}. */
  public static MariaDbDialect mySql(TargetUri uri) {
    return new MariaDbDialect(uri, "MySQL", "utf8mb4_0900_bin");
  }

  @Override
  public String name() {
    return product + " at " + place;
  }

  @Override
  public Connection connect() throws SQLException {
    Map<String, String> properties = new HashMap<>(place.properties());
    if (!properties.containsKey(LARGEST)) {
      properties.put(LARGEST, largestPacket());
    }
    Connection connection = driverConnect(properties);
    try (Statement statement = connection.createStatement()) {
      statement.execute(SESSION);
      warnOfLazyCommits(statement);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * The driver has to know before it connects. The server does not answer a packet that is larger
   * but hangs up, and that would look like a server that is away, for ever.
   */
  private String largestPacket() throws SQLException {
    try (Connection connection = driverConnect(place.properties());
        Statement statement = connection.createStatement();
        ResultSet size = statement.executeQuery("select @@max_allowed_packet")) {
      size.next();
      return size.getString(1);
    }
  }

  private Connection driverConnect(Map<String, String> properties) throws SQLException {
    return Drivers.connect(DRIVER, "jdbc:mariadb:" + place.address(), properties);
  }

  /** It is the server's for all: no session may change it. */
  private void warnOfLazyCommits(Statement statement) throws SQLException {
    try (ResultSet lazy = statement.executeQuery("select @@innodb_flush_log_at_trx_commit")) {
      if (lazy.next() && lazy.getInt(1) != 1) {
        log.warn(
            "{} has innodb_flush_log_at_trx_commit = {}: what it has confirmed in the last second"
                + " may be lost when its machine crashes. Set it to 1.",
            name(),
            lazy.getInt(1));
      }
    }
  }

  /**
   * Locks all of its rows and the gaps between them, so that one consumer writes at a time: two
   * would wait for each other's rows, and a floor might rise between its being read and our commit.
   */
  @Override
  public void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("select db from " + SqlTables.COLLECTIONS + " for update");
    }
  }

  @Override
  public void end(Connection connection, boolean commit) throws SQLException {
    if (commit) {
      connection.commit();
    } else {
      connection.rollback();
    }
    connection.setAutoCommit(true);
  }

  @Override
  public String quoted(String name) {
    return '`' + name.replace("`", "``") + '`';
  }

  @Override
  public String type(Column.Type type) {
    return switch (type) {
      case TEXT, JSON -> documentType();
      case INT -> "int";
      case LONG -> "bigint";
      case DOUBLE -> "double";
      case DECIMAL -> "decimal(" + DECIMAL_DIGITS + ", " + DECIMAL_SCALE + ")";
      case BOOL -> "boolean";
      case DATE -> "datetime(3)";
    };
  }

  /** Without padding: else texts that differ in spaces at their end were the same. */
  @Override
  public String keyType(int length) {
    return "varchar(" + length + ") character set utf8mb4 collate " + collation;
  }

  /** MySQL's {@code json} would forget the order of fields and how numbers were written. */
  @Override
  public String documentType() {
    return "longtext character set utf8mb4 collate " + collation;
  }

  @Override
  public String tableOptions() {
    return " engine = InnoDB";
  }

  /** Assignments run from left to right and see what was assigned before: position comes last. */
  @Override
  public String upsert(String table, List<String> columns) {
    String position = columns.get(2);
    StringBuilder sql = new StringBuilder("insert into ").append(table);
    sql.append(" (").append(String.join(", ", columns)).append(") values (");
    sql.append("?, ".repeat(columns.size() - 1)).append("?) on duplicate key update ");
    for (String column : columns.subList(3, columns.size())) {
      sql.append(newer(column, position)).append(", ");
    }
    return sql.append(newer(position, position)).toString();
  }

  private static String newer(String column, String position) {
    return String.format("%1$s = if(values(%2$s) > %2$s, values(%1$s), %1$s)", column, position);
  }

  /** Not {@code insert ignore}, which passes over every other failure as well. */
  @Override
  public String insertNew(String table, List<String> columns, String source) {
    String own = table + "." + columns.get(0);
    return "insert into "
        + table
        + " ("
        + String.join(", ", columns)
        + ") "
        + source
        + " on duplicate key update "
        + own
        + " = "
        + own;
  }

  @Override
  public void bind(PreparedStatement statement, int index, Column.Type type, Object value)
      throws SQLException {
    if (value == null || !fits(type, value)) {
      statement.setObject(index, null);
    } else if (type == Column.Type.DATE) {
      statement.setObject(index, LocalDateTime.ofInstant((Instant) value, ZoneOffset.UTC));
    } else {
      statement.setObject(index, value);
    }
  }

  private static boolean fits(Column.Type type, Object value) {
    return switch (type) {
      case DOUBLE -> Double.isFinite((Double) value);
      case DECIMAL -> isDecimal((BigDecimal) value);
      case DATE -> !((Instant) value).isBefore(FIRST_TIME) && !((Instant) value).isAfter(LAST_TIME);
      default -> true;
    };
  }

  private static boolean isDecimal(BigDecimal value) {
    BigDecimal shortest = value.stripTrailingZeros();
    return shortest.scale() <= DECIMAL_SCALE
        && shortest.precision() - shortest.scale() <= DECIMAL_DIGITS - DECIMAL_SCALE;
  }

  @Override
  public List<String> columnsOf(Connection connection, String table) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            "select column_name from information_schema.columns"
                + " where table_schema = database() and table_name = ?"
                + " order by ordinal_position")) {
      query.setString(1, table);
      try (ResultSet names = query.executeQuery()) {
        while (names.next()) {
          columns.add(names.getString(1).toLowerCase(Locale.ROOT));
        }
      }
    }
    return columns;
  }

  /**
   * All in one step: a statement that changes tables commits what is before it
   * (https://mariadb.com/kb/en/rename-table/, atomic even in a crash).
   */
  @Override
  public void rename(Connection connection, Map<String, String> names) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "rename table "
              + names.entrySet().stream()
                  .map(each -> quoted(each.getKey()) + " to " + quoted(each.getValue()))
                  .collect(Collectors.joining(", ")));
    }
  }

  /** It finds its table by the name. */
  @Override
  public void remakeView(Connection connection, String view, String select) {}

  @Override
  public TargetException recognise(SQLException failure) {
    String sentence = name() + ": " + failure.getMessage();
    String state = failure.getSQLState() == null ? "" : failure.getSQLState();
    int code = failure.getErrorCode();
    if (TOO_LARGE.contains(code)
        || wasNotSent(failure)
        || state.startsWith("22")
        || state.startsWith("23")) {
      return TargetException.refused(sentence, failure);
    }
    return state.startsWith("08") || AWAY.contains(code)
        ? TargetException.unavailable(sentence, failure)
        : TargetException.unusable(sentence, failure);
  }

  /** Packets that are larger than what the server takes, the driver does not even send. */
  private static boolean wasNotSent(SQLException failure) {
    Throwable cause = failure;
    while (cause != null && !(cause instanceof MaxAllowedPacketException)) {
      cause = cause.getCause();
    }
    return cause != null;
  }
}
