package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A contender's process. Closing ends it in order, by SIGTERM, and waits. */
final class Running implements AutoCloseable {
  private static final long LIMIT_SECONDS = 60;

  private final Process process;
  private final Path log;
  private final Optional<Path> gcLog;

  /**
   * @param log where both its streams go
   * @param gcLog of its JVM, if it is one
   */
  Running(Process process, Path log, Optional<Path> gcLog) {
    this.process = process;
    this.log = log;
    this.gcLog = gcLog;
  }

  long pid() {
    return process.pid();
  }

  Process process() {
    return process;
  }

  /**
   * @throws IllegalStateException with what it said last, if it has ended
   */
  void requireAlive() {
    if (!process.isAlive()) {
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
    process.destroy();
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
