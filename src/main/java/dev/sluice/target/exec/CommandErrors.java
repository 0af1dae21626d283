package dev.sluice.target.exec;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what a command says on its standard error, to the end, whatever its size: the first lines
 * go to the log, the last one is kept. One thread runs it, another asks for the last line.
 */
final class CommandErrors implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(CommandErrors.class);

  /** Of one run: enough for a trace of a stack. */
  private static final int MOST_LINES = 50;

  /** Of one line, in bytes. */
  private static final int LONGEST_LINE = 500;

  private final InputStream in;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private volatile String last = "";
  private int lines;

  CommandErrors(InputStream in) {
    this.in = in;
  }

  @Override
  public void run() {
    try (InputStream buffered = new BufferedInputStream(in)) {
      for (int next = buffered.read(); next >= 0; next = buffered.read()) {
        if (next == '\n') {
          end();
        } else if (line.size() < LONGEST_LINE) {
          line.write(next);
        }
      }
    } catch (IOException e) {
      log.debug("The command's errors could not be read to their end", e);
    }
    end();
  }

  private void end() {
    String said = line.toString(StandardCharsets.UTF_8).strip();
    line.reset();
    if (said.isEmpty()) {
      return;
    }
    last = said;
    lines++;
    if (lines <= MOST_LINES) {
      log.info("The command says: {}", said);
    } else if (lines == MOST_LINES + 1) {
      log.info("The command says more, which is passed over");
    }
  }

  /** The last line that is not empty; empty if there is none yet. */
  String last() {
    return last;
  }
}
