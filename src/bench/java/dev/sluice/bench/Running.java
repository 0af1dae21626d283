package dev.sluice.bench;

import dev.sluice.testing.ProcessCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A contender's process, or those of all of its partitions. Closing ends them in order, by SIGTERM,
 * and waits.
 */
final class Running implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;

  private final List<Process> processes;
  private final Path log;
  private final Optional<Path> gcLog;

  /**
   * @param processes the first of which is the one that log and gcLog are of
   * @param log where both its streams go
   * @param gcLog of its JVM, if it is one
   */
  Running(List<Process> processes, Path log, Optional<Path> gcLog) {
    this.processes = List.copyOf(processes);
    this.log = log;
    this.gcLog = gcLog;
  }

  Running(Process process, Path log, Optional<Path> gcLog) {
    this(List.of(process), log, gcLog);
  }

  List<Process> processes() {
    return processes;
  }

  /** What all have cost so far. */
  double cpuSeconds() {
    return processes.stream().mapToDouble(one -> ProcessCost.cpuSeconds(one.pid())).sum();
  }

  /** What those threads have cost so far that serve SLUICE_HTTP. */
  double monitorSeconds() {
    return processes.stream()
        .mapToDouble(one -> ThreadCost.seconds(one.pid(), ThreadCost.MONITOR))
        .sum();
  }

  /** The most memory that each had resident, added up, in megabytes. */
  double peakMegabytes() {
    return processes.stream().mapToDouble(one -> ProcessCost.peakMegabytes(one.pid())).sum();
  }

  /**
   * @throws IllegalStateException with what the first said last, if one has ended
   */
  void requireAlive() {
    if (!processes.stream().allMatch(Process::isAlive)) {
      List<String> lines = log().lines().toList();
      throw new IllegalStateException(
          "it ended by itself: "
              + String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size())));
    }
  }

  /** What it has written. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + log, e);
    }
  }

  /** The last line it has written whole, as a number; 0 if there is none. */
  long lastNumber() {
    return log()
        .lines()
        .filter(line -> line.matches("\\d+"))
        .mapToLong(Long::parseLong)
        .reduce(0, Math::max);
  }

  /** To be read when the process has ended. */
  Optional<GcLog> collections() {
    return gcLog.filter(Files::exists).map(GcLog::read);
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
    processes.forEach(Running::awaitEnd);
  }

  private static void awaitEnd(Process process) {
    try {
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
