package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** A load's figures as Markdown: medians with the lowest and the highest round. */
final class DrainTables {
  private static final String NONE = "–";

  private DrainTables() {}

  static List<String> of(DrainRounds rounds) {
    Load load = rounds.load();
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "Backlog of %,d %s of %,.0f bytes, window %,d, %s queue%s:",
            load.events(),
            load.changesText(),
            rounds.averageBytes(),
            load.window(),
            load.queueType(),
            load.lanes() == 1 ? "" : ", " + load.lanes() + " lanes of Sluice"));
    lines.add("");
    lines.add(
        "| contender | steady events/s | first event ms | all s | CPU s per 100k | from first event"
            + " on | peak RSS MB | heap bytes per event | GC pauses ms |");
    lines.add("|---|---|---|---|---|---|---|---|---|");
    for (Contender contender : rounds.figures().keySet()) {
      lines.add(row(rounds, contender));
    }
    List<String> ratios = ratios(rounds);
    if (!ratios.isEmpty()) {
      lines.add("");
      lines.add("| Sluice to | steady events/s | first event | CPU from first on | peak RSS |");
      lines.add("|---|---|---|---|---|");
      lines.addAll(ratios);
    }
    return lines;
  }

  private static String row(DrainRounds rounds, Contender contender) {
    List<Function<DrainFigures, Optional<Double>>> columns =
        List.of(
            run -> Optional.of(run.steadyPerSecond()),
            run -> Optional.of(run.firstMillis()),
            run -> Optional.of(run.totalSeconds()),
            run -> Optional.of(run.cpuPer100k()),
            run -> Optional.of(run.cpuPer100kFromFirst()),
            run -> Optional.of(run.peakMegabytes()),
            run -> boxed(run.bytesPerEvent()),
            run -> boxed(run.pauseMillis()));
    StringBuilder row = new StringBuilder("| " + contender.word() + " |");
    for (var column : columns) {
      row.append(' ').append(text(rounds.spread(contender, column))).append(" |");
    }
    return row.toString();
  }

  private static List<String> ratios(DrainRounds rounds) {
    List<String> lines = new ArrayList<>();
    if (!rounds.figures().containsKey(Contender.SLUICE)) {
      return lines;
    }
    for (Contender other : rounds.figures().keySet()) {
      if (other == Contender.SLUICE) {
        continue;
      }
      lines.add(
          "| "
              + other.word()
              + " | "
              + ratio(rounds, other, DrainFigures::steadyPerSecond)
              + " | "
              + ratio(rounds, other, DrainFigures::firstMillis)
              + " | "
              + ratio(rounds, other, DrainFigures::cpuPer100kFromFirst)
              + " | "
              + ratio(rounds, other, DrainFigures::peakMegabytes)
              + " |");
    }
    return lines;
  }

  private static String ratio(
      DrainRounds rounds, Contender other, Function<DrainFigures, Double> figure) {
    return text(rounds.ratio(Contender.SLUICE, other, figure));
  }

  private static Optional<Double> boxed(OptionalDouble value) {
    return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
  }

  static String text(Optional<Spread> spread) {
    return spread.map(Spread::text).orElse(NONE);
  }
}
