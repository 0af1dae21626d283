package dev.sluice.prove;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How much there was for the judge to look at: a check that nothing comes before is no check.
 *
 * @param collections that were written to and are watched
 * @param committed transactions, with their writes
 * @param aborted transactions, with their writes
 * @param tooLarge writes whose event is parked
 * @param outside writes to collections that are not watched
 */
record Coverage(long collections, Count committed, Count aborted, long tooLarge, long outside) {
  /** Transactions, and the writes in them. */
  record Count(long transactions, long writes) {
    private static Count of(Set<TransactionAttempt> attempts) {
      return new Count(
          attempts.size(), attempts.stream().mapToLong(attempt -> attempt.writes().size()).sum());
    }
  }

  static Coverage of(List<AttemptedWrite> writes, long outside, Layout layout) {
    return new Coverage(
        writes.stream().map(write -> write.subject().namespace()).distinct().count(),
        Count.of(transactions(writes.stream().filter(AttemptedWrite::isAcknowledged).toList())),
        Count.of(transactions(writes.stream().filter(AttemptedWrite::isAborted).toList())),
        writes.stream()
            .filter(write -> layout.parkingQueue().filter(write.queue()::equals).isPresent())
            .count(),
        outside);
  }

  private static Set<TransactionAttempt> transactions(List<AttemptedWrite> writes) {
    return TransactionCheck.all(writes).collect(Collectors.toSet());
  }

  String line() {
    return ("judged: %d collections, %d transactions committed (%d writes) and %d aborted"
            + " (%d writes), %d events too large, %d writes out of scope")
        .formatted(
            collections,
            committed.transactions(),
            committed.writes(),
            aborted.transactions(),
            aborted.writes(),
            tooLarge,
            outside);
  }
}
