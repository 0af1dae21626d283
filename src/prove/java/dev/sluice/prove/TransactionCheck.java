package dev.sluice.prove;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the writes of a transaction came out together or not at all, are told as one, at one
 * time, and in the order of the writes.
 */
final class TransactionCheck {
  /** Of a position: the seconds and the increment, which one commit has once. */
  private static final int TIME_DIGITS = 16;

  private TransactionCheck() {}

  static void check(
      Collection<AttemptedWrite> writes, Map<AttemptedWrite, Landing> landings, Findings findings) {
    all(writes).forEach(attempt -> check(attempt, landings, findings));
    landings.values().stream()
        .filter(landing -> landing.write().transaction().isEmpty())
        .filter(landing -> landing.message().event().transaction().isPresent())
        .forEach(
            landing ->
                findings.add(
                    Offence.CHANGED, "%s is told as part of a transaction", landing.write()));
  }

  /** Each transaction once. */
  static Stream<TransactionAttempt> all(Collection<AttemptedWrite> writes) {
    return writes.stream().flatMap(write -> write.transaction().stream()).distinct();
  }

  private static void check(
      TransactionAttempt attempt, Map<AttemptedWrite, Landing> landings, Findings findings) {
    List<AttemptedWrite> writes = attempt.writes();
    List<Landing> landed = writes.stream().map(landings::get).filter(Objects::nonNull).toList();
    if (landed.isEmpty()) {
      return;
    }
    if (landed.size() < writes.size() && writes.stream().allMatch(AttemptedWrite::isUncertain)) {
      findings.add(
          Offence.ABORTED,
          "%s came out in part: %d of its %d writes, and not %s",
          attempt,
          landed.size(),
          writes.size(),
          writes.stream().filter(write -> !landings.containsKey(write)).findFirst().orElseThrow());
    }
    Arrival.Event before = null;
    for (Landing landing : landed) {
      Arrival.Event event = landing.message().event();
      checkBelongs(landing.write(), event, landed.get(0).message().event(), findings);
      if (before != null && before.position().compareTo(event.position()) >= 0) {
        findings.add(
            Offence.WRONG_POSITION,
            "%s in %s has the position %s, and the write before it %s",
            landing.write(),
            attempt,
            event.position(),
            before.position());
      }
      before = event;
    }
  }

  private static void checkBelongs(
      AttemptedWrite write, Arrival.Event event, Arrival.Event first, Findings findings) {
    if (event.transaction().isEmpty()) {
      findings.add(Offence.CHANGED, "%s is not told as part of its transaction", write);
    } else if (!event.transaction().equals(first.transaction())) {
      findings.add(
          Offence.CHANGED,
          "%s is told as part of the transaction %s, and the first of it of %s",
          write,
          event.transaction().get(),
          first.transaction().orElse("none"));
    }
    if (!time(event).equals(time(first))) {
      findings.add(
          Offence.WRONG_POSITION,
          "%s has the position %s, and was committed together with %s",
          write,
          event.position(),
          first.position());
    }
  }

  private static Optional<String> time(Arrival.Event event) {
    return Optional.of(event.position())
        .filter(position -> position.length() > TIME_DIGITS)
        .map(position -> position.substring(0, TIME_DIGITS));
  }
}
