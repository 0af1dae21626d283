package dev.sluice.prove;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * Whether one message marks the end of each transaction that came out: behind those of its events
 * that are in the same queue, at the position of the last one, and with the right counts.
 */
final class CommitCheck {
  private CommitCheck() {}

  /**
   * @param commits the first messages of each
   */
  static void check(
      Collection<AttemptedWrite> writes,
      Map<AttemptedWrite, Landing> landings,
      List<Arrival> commits,
      Terms terms,
      Findings findings) {
    Map<String, List<Arrival>> byTransaction = new HashMap<>();
    for (Arrival commit : commits) {
      byTransaction
          .computeIfAbsent(commit.event().transaction().orElse("none"), id -> new ArrayList<>())
          .add(commit);
    }
    if (terms.commits()) {
      TransactionCheck.all(writes)
          .forEach(attempt -> check(attempt, landings, byTransaction, findings));
    }
    byTransaction.forEach(
        (id, unknown) ->
            findings.add(Offence.WRONG_COMMIT, "nobody committed the transaction %s", id));
  }

  private static void check(
      TransactionAttempt attempt,
      Map<AttemptedWrite, Landing> landings,
      Map<String, List<Arrival>> byTransaction,
      Findings findings) {
    List<Landing> landed =
        attempt.writes().stream().map(landings::get).filter(Objects::nonNull).toList();
    if (landed.isEmpty()) {
      return;
    }
    String id = landed.get(0).message().event().transaction().orElse("");
    List<Arrival> marks = byTransaction.remove(id);
    if (marks == null) {
      findings.add(Offence.WRONG_COMMIT, "the end of %s is not marked", attempt);
      return;
    }
    if (marks.size() > 1) {
      findings.add(Offence.WRONG_COMMIT, "the end of %s is marked %d times", attempt, marks.size());
    }
    check(attempt, landed, marks.get(0), findings);
  }

  private static void check(
      TransactionAttempt attempt, List<Landing> landed, Arrival mark, Findings findings) {
    Map<String, Long> counts =
        attempt.writes().stream()
            .collect(
                Collectors.groupingBy(write -> write.subject().namespace(), Collectors.counting()));
    if (!mark.event().counts().equals(counts)) {
      findings.add(
          Offence.WRONG_COMMIT,
          "the end of %s counts %s, and it has %s",
          attempt,
          mark.event().counts(),
          counts);
    }
    String last =
        landed.stream()
            .map(landing -> landing.message().event().position())
            .max(Comparator.naturalOrder())
            .orElseThrow();
    if (!mark.event().position().equals(last)) {
      findings.add(
          Offence.WRONG_COMMIT,
          "the end of %s has the position %s, and its last event %s",
          attempt,
          mark.event().position(),
          last);
    }
    landed.stream()
        .filter(landing -> landing.message().queue().equals(mark.queue()))
        .filter(landing -> landing.at() - mark.at() > 0)
        .forEach(
            landing ->
                findings.add(
                    Offence.WRONG_COMMIT,
                    "the end of %s came before %s",
                    attempt,
                    landing.write()));
  }
}
