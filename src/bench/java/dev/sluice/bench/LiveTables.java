package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Latencies as Markdown. */
final class LiveTables {
  private LiveTables() {}

  static List<String> of(LiveRounds rounds) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        "Latency in ms, documents of "
            + rounds.load().sizeText()
            + ", from the acknowledged write to the consumer:");
    lines.add("");
    lines.add("| written/s | contender | reached/s | p50 | p99 | p99.9 | max | p99 since due |");
    lines.add("|---|---|---|---|---|---|---|---|");
    for (int rate : rounds.rates()) {
      for (Contender contender : rounds.phases().keySet()) {
        if (rounds.spread(contender, rate, LivePhase::written).isPresent()) {
          lines.add(row(rounds, rate, contender));
        }
      }
    }
    lines.addAll(added(rounds));
    lines.addAll(stages(rounds));
    return lines;
  }

  private static String row(LiveRounds rounds, int rate, Contender contender) {
    List<Function<LivePhase, Double>> columns =
        List.of(
            LivePhase::written,
            phase -> phase.sinceAck().p50(),
            phase -> phase.sinceAck().p99(),
            phase -> phase.sinceAck().p999(),
            phase -> phase.sinceAck().max(),
            phase -> phase.sinceDue().p99());
    StringBuilder row =
        new StringBuilder(String.format(Locale.ROOT, "| %,d | %s |", rate, contender.word()));
    for (Function<LivePhase, Double> column : columns) {
      row.append(' ').append(DrainTables.text(rounds.spread(contender, rate, column))).append(" |");
    }
    return row.toString();
  }

  private static List<String> added(LiveRounds rounds) {
    List<String> lines = new ArrayList<>();
    for (int rate : rounds.rates()) {
      Optional<Spread> p50 =
          rounds.added(Contender.SLUICE, Contender.BARE, rate, phase -> phase.sinceAck().p50());
      Optional<Spread> p99 =
          rounds.added(Contender.SLUICE, Contender.BARE, rate, phase -> phase.sinceAck().p99());
      if (p50.isPresent()) {
        lines.add(
            String.format(
                Locale.ROOT,
                "| %,d | %s | %s |",
                rate,
                DrainTables.text(p50),
                DrainTables.text(p99)));
      }
    }
    if (!lines.isEmpty()) {
      lines.addAll(
          0,
          List.of(
              "",
              "What Sluice adds to the bare loop, in ms, round by round:",
              "",
              "| written/s | p50 | p99 |",
              "|---|---|---|"));
    }
    return lines;
  }

  private static List<String> stages(LiveRounds rounds) {
    List<String> lines = new ArrayList<>();
    for (int rate : rounds.rates()) {
      Optional<Spread> capture =
          rounds.spread(
              Contender.SLUICE, rate, phase -> phase.stages().capture().orElse(Double.NaN));
      if (capture.isPresent()) {
        lines.add(
            String.format(
                Locale.ROOT,
                "| %,d | %s | %s | %s |",
                rate,
                DrainTables.text(
                    rounds.spread(Contender.SLUICE, rate, phase -> phase.stages().write())),
                DrainTables.text(capture),
                DrainTables.text(
                    rounds.spread(
                        Contender.SLUICE,
                        rate,
                        phase -> phase.stages().deliver().orElse(Double.NaN)))));
      }
    }
    if (!lines.isEmpty()) {
      lines.addAll(
          0,
          List.of(
              "",
              "Sluice's stages, means in ms (`capturedAt` has whole milliseconds):",
              "",
              "| written/s | due to acknowledged | acknowledged to captured | captured to consumer |",
              "|---|---|---|---|"));
    }
    return lines;
  }
}
