package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What keeps server processes and their temporary directory from outliving this JVM, however it
 * ends: a small shell that waits for the other end of its standard input to go away, then kills the
 * processes it was last told of and removes the directory. A shutdown hook would not run when a
 * build is killed.
 */
public final class Leash implements AutoCloseable {
  /** Ctrl-C reaches every process of the terminal; this one must stay to clean up. */
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      pids=
      while read -r line; do pids=$line; done
      [ -z "$pids" ] || kill -KILL $pids
      rm -rf -- "$1" || { sleep 0.2; rm -rf -- "$1"; }
      """;

  private final Path directory;
  private final Process shell;

  private Leash(Path directory, Process shell) {
    this.directory = directory;
    this.shell = shell;
  }

  /** Makes a temporary directory that goes away with the leash. */
  public static Leash onDirectory(String prefix) {
    try {
      Path directory = Files.createTempDirectory(prefix);
      Process shell =
          new ProcessBuilder("sh", "-c", SCRIPT, "leash", directory.toString())
              // Not the build's own streams: Maven waits for everybody who holds them.
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new Leash(directory, shell);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Path directory() {
    return directory;
  }

  /** From now on these processes, and no others, are the ones to kill. */
  public void holds(Process... processes) {
    String pids =
        Stream.of(processes)
            .filter(Process::isAlive)
            .map(process -> Long.toString(process.pid()))
            .collect(Collectors.joining(" "));
    try {
      shell.getOutputStream().write((pids + "\n").getBytes(StandardCharsets.US_ASCII));
      shell.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills, removes, and returns when both are done. */
  @Override
  public void close() {
    try {
      shell.getOutputStream().close();
      if (!shell.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Could not remove " + directory + " within 10 s");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
