package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What Sluice through streams is to reach beside Debezium Server, and what it reaches. */
final class Goals {
  private record Goal(
      String what, boolean atLeast, double bound, Function<DrainFigures, Double> figure) {
    String row(Spread reached) {
      boolean met = atLeast ? reached.median() >= bound : reached.median() <= bound;
      return String.format(
          Locale.ROOT,
          "| %s | %s %s | %s | %s |",
          what,
          atLeast ? "≥" : "≤",
          atLeast ? String.format(Locale.ROOT, "%.0f", bound) : "1/" + Math.round(1 / bound),
          reached.text(),
          met ? "yes" : "no");
    }
  }

  private static final List<Goal> GOALS =
      List.of(
          new Goal("steady events/s", true, 5, DrainFigures::steadyPerSecond),
          new Goal("CPU per event, start-up included", false, 1 / 8.0, DrainFigures::cpuPer100k),
          new Goal("from the first event on", false, 1 / 8.0, DrainFigures::cpuPer100kFromFirst),
          new Goal("peak RSS", false, 1 / 8.0, DrainFigures::peakMegabytes),
          new Goal("time to the first event", false, 1 / 6.0, DrainFigures::firstMillis));

  private Goals() {}

  /** A table as Markdown; nothing if one of the two did not take part. */
  static List<String> of(DrainRounds rounds) {
    List<String> rows =
        GOALS.stream().map(goal -> row(rounds, goal)).flatMap(Optional::stream).toList();
    if (rows.isEmpty()) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add("| sluice-stream to debezium | goal | reached | met |");
    lines.add("|---|---|---|---|");
    lines.addAll(rows);
    return lines;
  }

  private static Optional<String> row(DrainRounds rounds, Goal goal) {
    return rounds.ratio(Contender.SLUICE_STREAM, Contender.DEBEZIUM, goal.figure()).map(goal::row);
  }
}
