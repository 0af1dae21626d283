package dev.sluice.target.sql;

import dev.sluice.consume.TargetException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;

/** JDBC drivers by the name of their class: which are there, the jars beside us decide. */
public final class Drivers {
  private Drivers() {}

  /**
   * Opens a connection.
   *
   * @param properties of the driver's own
   * @throws TargetException if the driver is not there
   */
  public static Connection connect(String driver, String url, Map<String, String> properties)
      throws SQLException {
    Properties all = new Properties();
    all.putAll(properties);
    Connection connection = driver(driver).connect(url, all);
    if (connection == null) {
      throw TargetException.unusable("The driver " + driver + " does not know such a URL");
    }
    return connection;
  }

  private static Driver driver(String name) {
    try {
      return (Driver) Class.forName(name).getDeclaredConstructor().newInstance();
    } catch (ClassNotFoundException e) {
      throw TargetException.unusable(
          "The driver "
              + name
              + " is not there: put sluice-consumers.jar and sluice-duckdb.jar beside sluice.jar"
              + " (docs/targets/TABLES.md)",
          e);
    } catch (ReflectiveOperationException e) {
      throw TargetException.unusable("The driver " + name + " cannot be used: " + e, e);
    }
  }
}
