package dev.sluice.target.exec;

import dev.sluice.consume.Batch;
import dev.sluice.consume.ByDocument;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.Event;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/**
 * Runs a command for each batch, or one a worker: the events come on its standard input, a line of
 * JSON each, and its exit code says what became of all of them. The codes with a meaning are those
 * of {@code sysexits.h} and of the shell (POSIX, 2.8.2).
 */
public final class ExecTarget implements Target {
  private static final int OK = 0;

  /** EX_USAGE. */
  private static final int USAGE = 64;

  /** EX_DATAERR. */
  private static final int DATA = 65;

  /** EX_NOPERM. */
  private static final int NOT_ALLOWED = 77;

  /** EX_CONFIG. */
  private static final int CONFIGURATION = 78;

  /** The shell's, of a command that it may not run. */
  private static final int NOT_EXECUTABLE = 126;

  /** The shell's, of a command that is not there. */
  private static final int NOT_FOUND = 127;

  private final String command;
  private final Duration timeout;
  private final ByDocument workers;

  private ExecTarget(String command, CallSettings calls) {
    this.command = command;
    this.timeout = calls.timeout();
    this.workers = new ByDocument(calls.workers());
  }

  /**
   * @param command as a shell takes it
   * @throws TargetException if there is none
   */
  public static Target.Opener opener(String command, CallSettings calls) {
    if (command.isBlank()) {
      throw TargetException.unusable("exec: wants a command behind it, such as exec:./apply.sh");
    }
    return () -> new ExecTarget(command, calls);
  }

  @Override
  public void apply(Batch batch) {
    workers.apply(batch, this::run);
  }

  private void run(List<Event> events, BooleanSupplier goOn) {
    if (!goOn.getAsBoolean()) {
      return;
    }
    try (CommandRun run = CommandRun.start(command, events)) {
      OptionalInt code = run.await(timeout);
      if (code.isEmpty()) {
        throw TargetException.unavailable(
            "The command had not ended after "
                + timeout.toMillis()
                + " ms (--timeout) and was killed"
                + run.said(),
            null);
      }
      judge(code.getAsInt(), run.said());
    }
  }

  /** A code of no meaning may be a crash as well as a network, so the batch is tried again. */
  private static void judge(int code, String said) {
    switch (code) {
      case OK -> {}
      case DATA ->
          throw TargetException.refused(
              "The command refuses what it got (exit code 65)" + said, null);
      case USAGE, NOT_ALLOWED, CONFIGURATION ->
          throw TargetException.unusable(
              "The command cannot work as it was called (exit code " + code + ")" + said);
      case NOT_EXECUTABLE, NOT_FOUND ->
          throw TargetException.unusable(
              "The shell cannot run the command (exit code "
                  + code
                  + "): check its name, its path and its mode"
                  + said);
      default ->
          throw TargetException.unavailable("The command ended with code " + code + said, null);
    }
  }

  @Override
  public void close() {
    workers.close();
  }
}
