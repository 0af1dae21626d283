package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What it costs to be watched, as Markdown. */
final class MonitorTable {
  private MonitorTable() {}

  static List<String> of(DrainRounds rounds) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("| CPU s per 100k beyond sluice's own | pairs | from first on | in % | all | in % |");
    lines.add("|---|---|---|---|---|---|");
    lines.addAll(beyond(rounds, Contender.COUNTED));
    lines.addAll(beyond(rounds, Contender.WATCHED));
    lines.add("");
    lines.add("Differences round by round, with the margin of error at 95 % confidence.");
    lines.add("");
    lines.add("| of which the threads that serve it | CPU s per 100k | in % of all |");
    lines.add("|---|---|---|");
    lines.add(threads(rounds, Contender.COUNTED));
    lines.add(threads(rounds, Contender.WATCHED));
    return lines;
  }

  private static List<String> beyond(DrainRounds rounds, Contender with) {
    Optional<Paired> first = paired(rounds, with, DrainFigures::cpuPer100kFromFirst);
    Optional<Paired> all = paired(rounds, with, DrainFigures::cpuPer100k);
    if (first.isEmpty() || all.isEmpty()) {
      return List.of();
    }
    double firstWhole = mean(rounds, DrainFigures::cpuPer100kFromFirst);
    double allWhole = mean(rounds, DrainFigures::cpuPer100k);
    return List.of(
        String.format(
            "| %s | %d | %s | %s | %s | %s |",
            with.word(),
            first.get().pairs(),
            first.get().text(),
            first.get().percentOf(firstWhole).text(),
            all.get().text(),
            all.get().percentOf(allWhole).text()));
  }

  private static String threads(DrainRounds rounds, Contender with) {
    return "| "
        + with.word()
        + " | "
        + DrainTables.text(rounds.spread(with, run -> Optional.of(run.monitorCpuPer100k())))
        + " | "
        + DrainTables.text(
            rounds.spread(
                with, run -> Optional.of(run.monitorCpuPer100k() / run.cpuPer100k() * 100)))
        + " |";
  }

  private static double mean(DrainRounds rounds, Function<DrainFigures, Double> figure) {
    return rounds.figures().get(Contender.SLUICE).stream()
        .flatMap(Optional::stream)
        .mapToDouble(figure::apply)
        .average()
        .orElse(Double.NaN);
  }

  private static Optional<Paired> paired(
      DrainRounds rounds, Contender with, Function<DrainFigures, Double> figure) {
    List<Double> ones = new ArrayList<>();
    List<Double> others = new ArrayList<>();
    List<Optional<DrainFigures>> first = rounds.figures().getOrDefault(with, List.of());
    List<Optional<DrainFigures>> second =
        rounds.figures().getOrDefault(Contender.SLUICE, List.of());
    for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
      if (first.get(i).isPresent() && second.get(i).isPresent()) {
        ones.add(figure.apply(first.get(i).get()));
        others.add(figure.apply(second.get(i).get()));
      }
    }
    return ones.isEmpty() ? Optional.empty() : Optional.of(Paired.of(ones, others));
  }
}
