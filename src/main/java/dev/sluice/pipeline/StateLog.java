package dev.sluice.pipeline;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the pipeline is doing: keeps the state, writes one log line for each change of it, and tells
 * the listener. Trying again for the same reason is no change. Thread-safe.
 */
final class StateLog {
  private static final Logger log = LoggerFactory.getLogger(PipelineSupervisor.class);

  private final PipelineListener listener;
  private PipelineState state = PipelineState.STARTING;
  private boolean stopping;
  private String lastLine = "";

  StateLog(PipelineListener listener) {
    this.listener = listener;
  }

  synchronized PipelineState current() {
    return state;
  }

  /** Between a wait and what comes of it: worth no line. */
  synchronized void tryingAgain() {
    if (!stopping && state != PipelineState.STANDBY) {
      state = PipelineState.STARTING;
    }
  }

  /** From now on there is only draining, and the end. */
  synchronized void stopping() {
    if (stopping) {
      return;
    }
    stopping = true;
    if (state == PipelineState.STREAMING
        || state == PipelineState.BLOCKED
        || state == PipelineState.THROTTLED) {
      changed(PipelineState.DRAINING, "told to stop");
    }
  }

  synchronized void changed(PipelineState newState, String reason) {
    if (stopping
        && newState != PipelineState.STOPPED
        && newState != PipelineState.FAILED
        && newState != PipelineState.DRAINING) {
      return;
    }
    state = newState;
    String line = newState + ": " + reason;
    if (line.equals(lastLine)) {
      return;
    }
    lastLine = line;
    switch (newState) {
      case BACKING_OFF, BLOCKED, THROTTLED -> log.warn("{}", line);
      case FAILED -> log.debug("{}", line); // Whoever runs the pipeline gets it, and says so.
      default -> log.info("{}", line);
    }
    listener.changed(newState, reason);
  }
}
