package dev.sluice.prove;

import java.util.List;

/**
 * What came again because of a fault: those messages whose first and second copy came between its
 * strike and the next one's. (One whose first copy was there before is the doing of another fault,
 * or of the moment at which this one struck.)
 *
 * @param repeats how many
 * @param events how many came for the first time in that while
 */
record Repeats(long repeats, long events) {
  /** Of a hundred events. Where nothing at all should come again, this leaves room for chance. */
  private static final int ALLOWED_PER_CENT = 1;

  /** Whatever the number of events: what was on its way when the fault before it struck. */
  private static final int ALWAYS_ALLOWED = 5;

  /** A message that came again. Times are those of {@link System#nanoTime}. */
  record Repeat(long firstAt, long at) {}

  /**
   * @param faults all of a run, in their order
   * @param number which of them
   */
  static Repeats of(List<FaultRecord> faults, int number, Verdict verdict) {
    long from = faults.get(number).struckAt();
    boolean isLast = number == faults.size() - 1;
    long span = isLast ? Long.MAX_VALUE : faults.get(number + 1).struckAt() - from;
    return new Repeats(
        verdict.repeats().stream()
            .filter(repeat -> isWithin(repeat.firstAt() - from, span))
            .filter(repeat -> isWithin(repeat.at() - from, span))
            .count(),
        verdict.landings().stream().filter(landing -> isWithin(landing.at() - from, span)).count());
  }

  private static boolean isWithin(long since, long span) {
    return since >= 0 && since < span;
  }

  /** Whether they are more than a fault may cost that RabbitMQ answers to message by message. */
  boolean areTooMany() {
    return repeats > ALWAYS_ALLOWED + events * ALLOWED_PER_CENT / 100;
  }
}
