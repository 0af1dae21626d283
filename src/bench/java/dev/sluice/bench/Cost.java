package dev.sluice.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What a piece of work took.
 *
 * @param seconds by the clock
 * @param cpuSeconds of this process, in all of its threads
 */
record Cost(double seconds, double cpuSeconds) {
  private static final double NANOS = 1e9;
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** Begins when it is made. */
  static final class Watch {
    private final long begin = System.nanoTime();
    private final long cpu = SYSTEM.getProcessCpuTime();

    Cost stop() {
      return new Cost(
          (System.nanoTime() - begin) / NANOS, (SYSTEM.getProcessCpuTime() - cpu) / NANOS);
    }
  }
}
