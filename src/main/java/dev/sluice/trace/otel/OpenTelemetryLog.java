package dev.sluice.trace.otel;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what OpenTelemetry says to the JDK's log into ours, as long as it is open: that spans
 * cannot be sent is worth a line, in the form of all others.
 */
final class OpenTelemetryLog extends Handler {
  private static final org.slf4j.Logger ours = LoggerFactory.getLogger("OpenTelemetry");

  /** Held: the JDK forgets loggers that nobody has. */
  private final Logger theirs = Logger.getLogger("io.opentelemetry");

  OpenTelemetryLog() {
    theirs.setUseParentHandlers(false);
    theirs.addHandler(this);
  }

  @Override
  public void publish(LogRecord said) {
    if (said.getLevel().intValue() >= Level.WARNING.intValue()) {
      ours.warn(
          "{}{}", said.getMessage(), said.getThrown() == null ? "" : " (" + said.getThrown() + ")");
    } else {
      ours.debug("{}", said.getMessage());
    }
  }

  @Override
  public void flush() {
    // Ours is not kept back.
  }

  /** What comes later is of spans that were given up, and goes nowhere. */
  @Override
  public void close() {
    theirs.removeHandler(this);
  }
}
