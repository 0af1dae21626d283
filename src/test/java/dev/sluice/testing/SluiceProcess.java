package dev.sluice.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The shipped jar in a process of its own, as a user starts it: with the shipped JVM options. */
public final class SluiceProcess implements AutoCloseable {
  /** The shipped jar: found from there, wherever this process has its directory. */
  public static final Path JAR =
      Path.of(System.getProperty("sluice.jar", "target/sluice.jar")).toAbsolutePath();

  /** Where the shipped JVM options are. */
  public static final Path JVM_OPTIONS = JAR.resolve("../../src/main/jvm.options").normalize();

  /** Where the archive of classes is, if one was made. */
  public static final Path CLASS_ARCHIVE = JAR.resolveSibling("sluice.jsa");

  private final Process process;
  private final Path log;
  private final boolean keepsLog;

  private SluiceProcess(Process process, Path log, boolean keepsLog) {
    this.process = process;
    this.log = log;
    this.keepsLog = keepsLog;
  }

  /**
   * Starts with a log that goes when the process is closed.
   *
   * @param environment the settings; nothing else is in the environment but what Java needs
   * @param jvm options of the JVM behind the shipped ones, over which they win
   * @param command the command and its options
   */
  public static SluiceProcess start(
      Map<String, String> environment, List<String> jvm, String... command) throws IOException {
    Path log = Files.createTempFile("sluice-process", ".log");
    return new SluiceProcess(spawn(environment, jvm, log, command), log, false);
  }

  public static SluiceProcess run(Map<String, String> environment) throws IOException {
    return start(environment, List.of(), "run");
  }

  /** As {@link #run(Map)}, writing into this file, which stays. */
  public static SluiceProcess run(Map<String, String> environment, Path log) throws IOException {
    return new SluiceProcess(spawn(environment, List.of(), log, "run"), log, true);
  }

  /** As {@link #run(Map, Path)}, with more options for the JVM, which win. */
  public static SluiceProcess run(Map<String, String> environment, List<String> jvm, Path log)
      throws IOException {
    return new SluiceProcess(spawn(environment, jvm, log, "run"), log, true);
  }

  private static Process spawn(
      Map<String, String> environment, List<String> jvm, Path log, String... command)
      throws IOException {
    List<String> line = new ArrayList<>(OwnSession.PREFIX);
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("@" + JVM_OPTIONS);
    line.addAll(jvm);
    line.add("-jar");
    line.add(JAR.toString());
    line.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.directory(log.toAbsolutePath().getParent().toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return builder.start();
  }

  public SluiceProcess awaitStreaming() {
    return awaitLog("STREAMING");
  }

  public SluiceProcess awaitLog(String text) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> log().contains(text) || !process.isAlive() && !log().contains(text));
    if (!log().contains(text)) {
      throw new AssertionError("The process ended without \"" + text + "\":\n" + log());
    }
    return this;
  }

  /** What it has written, to both streams. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot read " + log, e);
    }
  }

  /** As a process list shows it to everybody on the machine; Linux only. */
  public String commandLine() throws IOException {
    return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
        .replace('\0', ' ');
  }

  /** The most memory it ever had resident, in megabytes; Linux only. */
  public double peakMegabytes() {
    return ProcessCost.peakMegabytes(process.pid());
  }

  /** SIGKILL: nothing is flushed, closed or saved. Also ends a process that is paused. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** SIGTERM; gives the exit code. */
  public int terminate() {
    process.destroy();
    return exitCode();
  }

  /** SIGSTOP: from now on it does nothing at all, and cannot know it. */
  public void pause() {
    signal("STOP");
  }

  /** SIGCONT: it goes on as if no time had passed. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      // The shell's own kill: the program of that name is not installed everywhere.
      Process shell =
          new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
              .redirectErrorStream(true)
              .start();
      if (shell.waitFor() != 0) {
        throw new IllegalStateException(
            "kill -" + name + ": " + new String(shell.getInputStream().readAllBytes()));
      }
    } catch (IOException e) {
      throw new IllegalStateException("Cannot send SIG" + name, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public int exitCode() {
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        throw new AssertionError("The process does not end:\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return process.exitValue();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** For whoever must be able to end it. */
  public Process process() {
    return process;
  }

  @Override
  public void close() {
    kill();
    if (keepsLog) {
      return;
    }
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new IllegalStateException("Cannot remove " + log, e);
    }
  }
}
