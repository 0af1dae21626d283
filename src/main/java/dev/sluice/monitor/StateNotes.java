package dev.sluice.monitor;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the program is doing and since when, and what has gone wrong lately. Thread-safe. */
public final class StateNotes {
  /** As many as a page shows without scrolling; the log has all of them. */
  private static final int FAILURES_KEPT = 20;

  private static final String BLOCKED = "BLOCKED";

  /**
   * @param reason one sentence, without a full stop; no secrets
   */
  public record State(String name, Instant since, String reason) {}

  /**
   * Something that went wrong.
   *
   * @param at the last time, if it went wrong again in the same way
   * @param message one sentence with the remedy; no secrets
   */
  public record Failure(Instant at, String kind, String message) {}

  private final Clock clock;
  private final Deque<Failure> failures = new ArrayDeque<>();
  private final Map<String, Long> failuresByKind = new TreeMap<>();
  private State state;
  private Duration blocked = Duration.ZERO;

  /**
   * @param kinds every kind of failure that there is
   */
  public StateNotes(Clock clock, List<String> kinds) {
    this.clock = clock;
    this.state = new State("STARTING", clock.instant(), "starting");
    kinds.forEach(kind -> failuresByKind.put(kind, 0L));
  }

  public synchronized void changed(String name, String reason) {
    Instant now = clock.instant();
    if (state.name().equals(BLOCKED)) {
      blocked = blocked.plus(Duration.between(state.since(), now));
    }
    boolean same = state.name().equals(name);
    // While it is blocked the time before is counted already.
    state = new State(name, same && !name.equals(BLOCKED) ? state.since() : now, reason);
  }

  /** The same failure as the last one takes its place: a server that is away fails many times. */
  public synchronized void failed(String kind, String message) {
    failuresByKind.merge(kind, 1L, Long::sum);
    Failure newest = failures.peekFirst();
    if (newest != null && newest.kind().equals(kind) && newest.message().equals(message)) {
      failures.removeFirst();
    } else if (failures.size() == FAILURES_KEPT) {
      failures.removeLast();
    }
    failures.addFirst(new Failure(clock.instant(), kind, message));
  }

  public synchronized State state() {
    return state;
  }

  /** The newest first. */
  synchronized List<Failure> failures() {
    return new ArrayList<>(failures);
  }

  /** As the labels of a metric are written: in small letters. */
  synchronized Map<String, Long> failuresByKind() {
    Map<String, Long> lower = new TreeMap<>();
    failuresByKind.forEach((kind, count) -> lower.put(kind.toLowerCase(Locale.ROOT), count));
    return lower;
  }

  /** For how long a broker has taken nothing. */
  synchronized Duration blocked() {
    return state.name().equals(BLOCKED)
        ? blocked.plus(Duration.between(state.since(), clock.instant()))
        : blocked;
  }
}
