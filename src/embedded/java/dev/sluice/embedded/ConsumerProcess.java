package dev.sluice.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code sluice consume} for one target, as a process that can be killed and started again. */
final class ConsumerProcess {
  private static final String READING = "Reading the queue";

  private final KeptTarget target;
  private final Map<String, String> environment;
  private final Path log;
  private Process process;

  ConsumerProcess(KeptTarget target, Map<String, String> environment, Path directory) {
    this.target = target;
    this.environment = environment;
    this.log = directory.resolve(target.name() + ".log");
  }

  /** Its own, so that all get everything. */
  String queue() {
    return "demo-" + target.name();
  }

  ConsumerProcess start() {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sluice.Main",
                "consume",
                "--to",
                target.uri(),
                "--bind",
                "sluice:#",
                "--name",
                queue()));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  void awaitReading(Duration longest) throws IOException {
    long end = System.nanoTime() + longest.toNanos();
    while (!Files.readString(log).contains(READING)) {
      if (!process.isAlive() || System.nanoTime() > end) {
        throw new IllegalStateException(
            "No consumer for " + target.name() + ":\n" + Files.readString(log));
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  void killAndStart() {
    kill();
    start();
  }

  /** As Ctrl-C does. */
  void stop() throws InterruptedException, IOException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IllegalStateException(
          "The consumer for " + target.name() + " did not end well:\n" + Files.readString(log));
    }
  }
}
