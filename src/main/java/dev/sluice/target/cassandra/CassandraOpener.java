package dev.sluice.target.cassandra;

import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;

/** Opens Cassandra if its driver is there, which is in a jar of its own. */
public final class CassandraOpener implements Target.Opener {
  private final CassandraParameters parameters;

  /**
   * @throws TargetException if a parameter is unknown or wrong
   */
  public CassandraOpener(TargetUri uri) {
    this.parameters = CassandraParameters.of(uri);
  }

  @Override
  public Target open() {
    try {
      return CassandraTarget.open(parameters);
    } catch (NoClassDefFoundError missing) {
      throw TargetException.unusable(
          "The driver of Cassandra is not there: put sluice-cassandra.jar beside sluice.jar"
              + " (docs/targets/CASSANDRA.md)",
          missing);
    }
  }
}
