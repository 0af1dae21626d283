package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What single threads of a process have cost so far, as Linux counts it (proc(5)). */
final class ThreadCost {
  /** Those that serve SLUICE_HTTP and take samples for it; Linux keeps 15 letters of a name. */
  static final List<String> MONITOR = List.of("sluice-http", "sluice-monitor", "HTTP-Dispatcher");

  private static final double TICKS_PER_SECOND = 100;

  private ThreadCost() {}

  /** CPU seconds of the living threads whose names begin so. */
  static double seconds(long pid, List<String> names) {
    try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      return threads.mapToDouble(thread -> seconds(thread, names)).sum();
    } catch (IOException e) {
      throw new IllegalStateException("process " + pid + " is gone", e);
    }
  }

  private static double seconds(Path thread, List<String> names) {
    try {
      String stat = Files.readString(thread.resolve("stat"));
      int end = stat.lastIndexOf(')');
      String name = stat.substring(stat.indexOf('(') + 1, end);
      String[] fields = stat.substring(end + 2).split(" ");
      return names.stream().anyMatch(name::startsWith)
          ? (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND
          : 0;
    } catch (IOException ended) {
      return 0;
    }
  }
}
