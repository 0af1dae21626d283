package dev.sluice.embedded.mongo;

import java.util.ArrayList;
import java.util.List;

/** The changes of one multi-document transaction, kept apart until it commits. */
final class Transaction {

  private final List<RecordedChange> changes = new ArrayList<>();
  private State state = State.IN_PROGRESS;

  enum State {
    IN_PROGRESS,
    COMMITTED,
    ABORTED
  }

  List<RecordedChange> changes() {
    return changes;
  }

  State state() {
    return state;
  }

  void end(State how) {
    state = how;
  }
}
