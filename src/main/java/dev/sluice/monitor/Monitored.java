package dev.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;

/** A program that tells how it is. From any thread; none of it waits for the work. */
public interface Monitored {
  /** Notes how it is now; to be called every {@link History#EVERY}. */
  void sample();

  Health health();

  /**
   * What {@code /status} says.
   *
   * @param brief without what was and what is set
   */
  ObjectNode status(boolean brief);

  /** What {@code /metrics} says, but for the JVM. */
  List<MetricSnapshot> metrics();
}
