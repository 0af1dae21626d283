package dev.sluice.target.exec;

import dev.sluice.consume.Event;
import dev.sluice.consume.JsonLine;
import dev.sluice.consume.TargetException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One run of the command. Its input is written and its errors are read by threads of their own, so
 * that neither who does not read nor who does not end holds us up. For one thread.
 */
final class CommandRun implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CommandRun.class);

  /**
   * Ctrl-C in a terminal reaches all that runs there. The command is to finish what it has begun,
   * as we do; what it starts inherits that.
   */
  private static final String NOT_FOR_CTRL_C = "trap '' INT; ";

  /** How the JDK's message names ENOENT; else there is no memory or no process left. */
  private static final String NO_SUCH_FILE = "error=2,";

  private static final int BUFFER = 1 << 16;

  /** What a command may take to end cleanly when it is told to. */
  private static final long ENDING_MILLIS = 2_000;

  /** Behind its end its errors are all there; only a child that it has left may hold them open. */
  private static final long ERRORS_MILLIS = 500;

  private final Process process;
  private final CommandErrors errors;
  private final Thread reading;

  private CommandRun(Process process, List<Event> events) {
    this.process = process;
    this.errors = new CommandErrors(process.getErrorStream());
    this.reading = daemon(errors, "sluice-exec-errors");
    daemon(() -> write(events), "sluice-exec-input");
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /**
   * @throws TargetException if there is no shell, or no process can be had now
   */
  static CommandRun start(String command, List<Event> events) {
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", NOT_FOR_CTRL_C + command).redirectOutput(Redirect.DISCARD);
    builder.environment().put("SLUICE_EVENTS", Integer.toString(events.size()));
    try {
      return new CommandRun(builder.start(), events);
    } catch (IOException e) {
      String sentence = "No command can be started: " + e.getMessage();
      throw e.getMessage().contains(NO_SUCH_FILE)
          ? TargetException.unusable(sentence + "; exec: needs a shell", e)
          : TargetException.unavailable(sentence, e);
    }
  }

  private void write(List<Event> events) {
    try (OutputStream out = new BufferedOutputStream(process.getOutputStream(), BUFFER)) {
      for (Event event : events) {
        JsonLine.write(event, out);
        out.write('\n');
      }
    } catch (IOException e) {
      // It does not want to read on; its exit code says whether that is well.
      log.debug("The command has not read all of its input", e);
    }
  }

  /**
   * Waits for its end.
   *
   * @return its exit code, of one that died of a signal 128 and its number; empty if it had not
   *     ended in time
   */
  OptionalInt await(Duration timeout) {
    try {
      if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        kill();
        return OptionalInt.empty();
      }
      reading.join(ERRORS_MILLIS);
      return OptionalInt.of(process.exitValue());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TargetException.unavailable("The command was not waited for", e);
    }
  }

  /** The last that it said on its standard error, to go behind a sentence; may be empty. */
  String said() {
    String last = errors.last();
    return last.isEmpty() ? "" : ", having said: " + last;
  }

  /** It and its children. */
  private void kill() {
    // The shell first: it would go on with its next command when a child has ended.
    List<ProcessHandle> all = new ArrayList<>(List.of(process.toHandle()));
    all.addAll(process.descendants().toList());
    all.forEach(ProcessHandle::destroy);
    boolean interrupted = Thread.interrupted();
    try {
      process.waitFor(ENDING_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    // A child may outlive the shell, and then has no parent any more to be found by.
    all.forEach(ProcessHandle::destroyForcibly);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Kills it if it still runs. */
  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
