package dev.sluice.it;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The shipped jar in a process of its own, as a user starts it. */
final class SluiceProcess implements AutoCloseable {
  private final Process process;
  private final Path log;

  private SluiceProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * @param environment the settings; nothing else is in the environment but what Java needs
   * @param command the command and its options, behind those of the JVM
   */
  static SluiceProcess start(Map<String, String> environment, List<String> jvm, String... command)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(jvm);
    line.add("-jar");
    line.add(System.getProperty("sluice.jar", "target/sluice.jar"));
    line.addAll(List.of(command));
    Path log = Files.createTempFile("sluice-process", ".log");
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.directory(log.getParent().toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new SluiceProcess(builder.start(), log);
  }

  static SluiceProcess run(Map<String, String> environment) throws IOException {
    return start(environment, List.of("-Xmx256m"), "run");
  }

  SluiceProcess awaitStreaming() {
    return awaitLog("STREAMING");
  }

  SluiceProcess awaitLog(String text) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> log().contains(text) || !process.isAlive() && !log().contains(text));
    if (!log().contains(text)) {
      throw new AssertionError("The process ended without \"" + text + "\":\n" + log());
    }
    return this;
  }

  /** What it has written, to both streams. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + log, e);
    }
  }

  /** As a process list shows it to everybody on the machine; Linux only. */
  String commandLine() throws IOException {
    return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
        .replace('\0', ' ');
  }

  /** SIGKILL: nothing is flushed, closed or saved. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** SIGTERM; gives the exit code. */
  int terminate() {
    process.destroy();
    return exitCode();
  }

  int exitCode() {
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("The process does not end:\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return process.exitValue();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    kill();
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot remove " + log, e);
    }
  }
}
