package dev.sluice.prove;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** The result as text: a table of the faults, figures, what is wrong, and last the verdict. */
final class Report {
  /** Enough to see a pattern; the folder has them all. */
  private static final int SHOWN = 20;

  private static final int HISTOGRAM_DIGITS = 3;

  private Report() {}

  /**
   * @param evidence where to look things up
   */
  static List<String> lines(Proof.Result result, ProveOptions options, Path evidence) {
    List<String> lines = new ArrayList<>();
    Verdict verdict = result.verdict();
    lines.add("");
    table(result, lines);
    lines.add(latency(verdict));
    lines.add(
        "uncertain %d (writes without an answer), of them delivered %d; redelivered by the broker %d"
            .formatted(verdict.uncertain(), verdict.uncertainDelivered(), verdict.redelivered()));
    lines.add(result.coverage().line());
    if (options.partitions() > 1) {
      lines.add(partitions(result));
    }
    verdict
        .others()
        .forEach((operation, count) -> lines.add("other messages: " + operation + " " + count));
    shown("LOST", lost(result), lines);
    for (Offence offence : Offence.values()) {
      shown(offence.name().replace('_', ' '), verdict.findings().of(offence), lines);
    }
    shown("LEAKED", result.leaks(), lines);
    shown("REPEATED", result.tooManyRepeats(), lines);
    shown("REPEATED", result.lateRepeats(), lines);
    shown("PROCESS", result.endings(), lines);
    result.faults().stream()
        .filter(fault -> fault.failure().isPresent())
        .map(fault -> fault.planned().kind().word() + ": " + fault.failure().get())
        .forEach(fault -> lines.add("FAULT NOT CAUSED  " + fault));
    if (!result.isGood()) {
      lines.add("Everything that was written, that came and that was logged: " + evidence);
    }
    lines.add("seed=" + options.seed());
    lines.add(verdict.line());
    return lines;
  }

  /** That each has carried something is what the figure beside it is worth. */
  private static String partitions(Proof.Result result) {
    return "partitions that carried events: %d, over which leases were claimed %d times; events of each: %s"
        .formatted(
            result.verdict().ofPartitions().size(),
            result.claims(),
            result.verdict().ofPartitions().values());
  }

  private static List<String> lost(Proof.Result result) {
    return result.verdict().lost().stream()
        .map(
            write ->
                write + ", acknowledged at " + seconds(write.acknowledgedAt() - result.startedAt()))
        .toList();
  }

  private static void table(Proof.Result result, List<String> lines) {
    if (result.faults().isEmpty()) {
      return;
    }
    lines.add(
        "    at  fault                         lasted  recovery   silence  repeats per event");
    for (int i = 0; i < result.faults().size(); i++) {
      FaultRecord fault = result.faults().get(i);
      Recovery recovery = Recovery.of(fault, result.verdict().landings());
      String recovered =
          recovery.recoveryNanos().isPresent()
              ? seconds(recovery.recoveryNanos().getAsLong())
              : "-";
      lines.add(
          String.format(
                  Locale.ROOT,
                  "%6s  %-28s%8s%10s%10s  %-18s %s",
                  clock(fault.struckAt() - result.startedAt()),
                  fault.planned().kind().word(),
                  seconds(fault.liftedAt() - fault.struckAt()),
                  recovered,
                  recovery.recoveryNanos().isPresent() ? seconds(recovery.silenceNanos()) : "-",
                  perEvent(Repeats.of(result.faults(), i, result.verdict())),
                  fault.detail())
              .stripTrailing());
    }
    lines.add("");
  }

  private static String perEvent(Repeats repeats) {
    return repeats.repeats() == 0
        ? "0"
        : String.format(
            Locale.ROOT,
            "%.4f (%d of %d)",
            repeats.repeats() / (double) Math.max(1, repeats.events()),
            repeats.repeats(),
            repeats.events());
  }

  private static String latency(Verdict verdict) {
    Histogram micros = new Histogram(HISTOGRAM_DIGITS);
    for (Landing landing : verdict.landings()) {
      if (landing.write().isAcknowledged()) {
        long nanos = landing.at() - landing.write().acknowledgedAt();
        // An event may overtake the answer to its write.
        micros.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos)));
      }
    }
    return String.format(
        Locale.ROOT,
        "latency p50 %.1f ms, p99 %.1f ms, max %.1f ms, from the acknowledgement, faults and all",
        micros.getValueAtPercentile(50) / 1e3,
        micros.getValueAtPercentile(99) / 1e3,
        micros.getMaxValue() / 1e3);
  }

  private static void shown(String what, List<?> all, List<String> lines) {
    all.stream().limit(SHOWN).forEach(one -> lines.add(what + "  " + one));
    if (all.size() > SHOWN) {
      lines.add(what + "  and " + (all.size() - SHOWN) + " more");
    }
  }

  /** With one digit behind the point. */
  static String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f s", nanos / 1e9);
  }

  /** Minutes and seconds. */
  static String clock(long nanos) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
    return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }
}
