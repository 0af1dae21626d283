package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;

/**
 * The process of a private server that a target writes into: a free port of 127.0.0.1 and a
 * directory of its own. Nothing of it is left when it closes or this JVM dies.
 */
final class StoreServer implements AutoCloseable {
  static final String HOST = "127.0.0.1";

  /** A second or two on an idle machine. */
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  private final Leash leash;
  private final int port = FreePorts.one();
  private final BooleanSupplier serving;
  private Process server;

  /**
   * @param serving whether it answers; asked again and again
   */
  StoreServer(String name, BooleanSupplier serving) {
    this.leash = Leash.onDirectory("sluice-" + name + "-");
    this.serving = serving;
  }

  int port() {
    return port;
  }

  Path directory() {
    return leash.directory();
  }

  /** Runs a program to its end. */
  void run(List<String> command) {
    try {
      Process process = spawn(command);
      if (!process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException(command + " has failed:\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts the server, also again, and returns when it serves. */
  void start(List<String> command) {
    server = spawn(command);
    leash.holds(server);
    Awaitility.await()
        .atMost(START_LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .pollInSameThread()
        .until(() -> !server.isAlive() || serving.getAsBoolean());
    if (!server.isAlive()) {
      throw new IllegalStateException("The server ended at once:\n" + log());
    }
  }

  private Process spawn(List<String> command) {
    List<String> line = new ArrayList<>(OwnSession.PREFIX);
    line.addAll(command);
    try {
      return new ProcessBuilder(line)
          .directory(directory().toFile())
          .redirectErrorStream(true)
          .redirectOutput(
              ProcessBuilder.Redirect.appendTo(directory().resolve("server.log").toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String log() {
    try {
      return Files.readString(directory().resolve("server.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Ends it by this signal, in order or not. */
  void stop(String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(server.pid())).start().waitFor();
      if (!server.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("The server does not stop:\n" + log());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  boolean isRunning() {
    return server != null && server.isAlive();
  }

  @Override
  public void close() {
    leash.close();
  }
}
