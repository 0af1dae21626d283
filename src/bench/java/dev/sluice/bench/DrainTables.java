package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;

/** A load's figures as Markdown: medians with the lowest and the highest round. */
final class DrainTables {
  static final String NONE = "–";

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
            + " on | RabbitMQ's | peak RSS MB | heap bytes per event | GC pauses ms |");
    lines.add("|---|---|---|---|---|---|---|---|---|---|");
    for (Contender contender : rounds.figures().keySet()) {
      lines.add(row(rounds, contender));
    }
    for (Contender ours : List.of(Contender.SLUICE, Contender.SLUICE_STREAM)) {
      List<String> ratios = ratios(rounds, ours);
      if (!ratios.isEmpty()) {
        lines.add("");
        lines.add(
            "| "
                + ours.word()
                + " to | steady events/s | first event | CPU from first on | peak RSS |");
        lines.add("|---|---|---|---|---|");
        lines.addAll(ratios);
      }
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
            run -> boxed(run.brokerCpuPer100k()),
            run -> Optional.of(run.peakMegabytes()),
            run -> boxed(run.bytesPerEvent()),
            run -> boxed(run.pauseMillis()));
    StringBuilder row = new StringBuilder("| " + contender.word() + " |");
    for (var column : columns) {
      row.append(' ').append(text(rounds.spread(contender, column))).append(" |");
    }
    return row.toString();
  }

  private static List<String> ratios(DrainRounds rounds, Contender ours) {
    List<String> lines = new ArrayList<>();
    if (!rounds.figures().containsKey(ours)) {
      return lines;
    }
    for (Contender other : rounds.figures().keySet()) {
      if (other == ours) {
        continue;
      }
      lines.add(
          "| "
              + other.word()
              + " | "
              + ratio(rounds, ours, other, DrainFigures::steadyPerSecond)
              + " | "
              + ratio(rounds, ours, other, DrainFigures::firstMillis)
              + " | "
              + ratio(rounds, ours, other, DrainFigures::cpuPer100kFromFirst)
              + " | "
              + ratio(rounds, ours, other, DrainFigures::peakMegabytes)
              + " |");
    }
    return lines;
  }

  private static String ratio(
      DrainRounds rounds, Contender ours, Contender other, Function<DrainFigures, Double> figure) {
    return text(rounds.ratio(ours, other, figure));
  }

  static Optional<Double> boxed(OptionalDouble value) {
    return value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.empty();
  }

  static String text(Optional<Spread> spread) {
    return spread.map(Spread::text).orElse(NONE);
  }
}
