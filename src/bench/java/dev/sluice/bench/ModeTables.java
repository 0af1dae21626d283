package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a mode is about, in one table of all its loads, as Markdown. */
final class ModeTables {
  private ModeTables() {}

  static List<String> of(BenchOptions.Mode mode, List<DrainRounds> drains) {
    List<String> lines = new ArrayList<>();
    if (drains.size() > 1) {
      lines.addAll(summary(drains));
    }
    if (drains.isEmpty()) {
      return lines;
    }
    switch (mode) {
      case STREAMS, SMOKE -> lines.addAll(Goals.of(drains.get(0)));
      case MONITOR -> lines.addAll(MonitorTable.of(drains.get(0)));
      case PARTITIONS -> lines.addAll(PartitionTable.of(drains));
      default -> {
        // The tables say all.
      }
    }
    return lines;
  }

  private static List<String> summary(List<DrainRounds> drains) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "| load | contender | steady events/s | to bare | CPU s per 100k from first on | to the first"
            + " load | RabbitMQ's | peak RSS MB |");
    lines.add("|---|---|---|---|---|---|---|---|");
    for (DrainRounds rounds : drains) {
      for (Contender contender : rounds.figures().keySet()) {
        lines.add(
            String.format(
                "| %s | %s | %s | %s | %s | %s | %s | %s |",
                Plots.name(rounds.load(), drains),
                contender.word(),
                DrainTables.text(rounds.steady(contender)),
                DrainTables.text(
                    rounds.ratio(contender, Contender.BARE, DrainFigures::steadyPerSecond)),
                DrainTables.text(cpu(rounds, contender)),
                cpu(rounds, contender)
                    .flatMap(one -> cpu(drains.get(0), contender).map(first -> share(one, first)))
                    .orElse(DrainTables.NONE),
                DrainTables.text(broker(rounds, contender)),
                DrainTables.text(
                    rounds.spread(contender, run -> Optional.of(run.peakMegabytes())))));
      }
    }
    return lines;
  }

  private static Optional<Spread> cpu(DrainRounds rounds, Contender contender) {
    return rounds.spread(contender, run -> Optional.of(run.cpuPer100kFromFirst()));
  }

  static Optional<Spread> broker(DrainRounds rounds, Contender contender) {
    return rounds.spread(contender, run -> DrainTables.boxed(run.brokerCpuPer100k()));
  }

  private static String share(Spread of, Spread by) {
    return String.format(Locale.ROOT, "%.2f", of.median() / by.median());
  }
}
