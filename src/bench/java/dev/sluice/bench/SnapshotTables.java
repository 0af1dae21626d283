package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What copies of a collection took, as Markdown: medians with the lowest and the highest. */
final class SnapshotTables {
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("MMdd-HHmmss");

  private final Load load;
  private final Map<Copier, List<DrainFigures>> copies = new EnumMap<>(Copier.class);
  private final Map<Copier, List<SnapshotLive.Figures>> lives = new EnumMap<>(Copier.class);

  SnapshotTables(Load load) {
    this.load = load;
  }

  List<DrainFigures> of(Copier copier) {
    return copies.computeIfAbsent(copier, none -> new ArrayList<>());
  }

  void add(Copier copier, Optional<SnapshotLive.Figures> live) {
    live.ifPresent(lives.computeIfAbsent(copier, none -> new ArrayList<>())::add);
  }

  /** Returns what is to be shown, which is in a file as well. */
  List<String> write(Map<String, String> setUp) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("");
    setUp.forEach((what, is) -> lines.add("- " + what + ": " + is));
    copies.keySet().forEach(copier -> lines.add("- " + copier.word() + ": " + copier.meaning()));
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "Collection of %,d documents of about %s, window %,d, %s queue:",
            load.events(),
            load.sizeText(),
            load.window(),
            load.queueType()));
    lines.add("");
    lines.add(
        "| copied by | steady documents/s | of the loop | all s | CPU s per 100k | peak RSS MB |");
    lines.add("|---|---|---|---|---|---|");
    copies.keySet().forEach(copier -> lines.add(row(copier)));
    lines.add("");
    lines.add(
        "| live changes at %d/s | during the snapshot p50 ms | p99 ms | without p50 ms | p99 ms |"
            .formatted(SnapshotLive.RATE));
    lines.add("|---|---|---|---|---|");
    lives.keySet().forEach(copier -> lines.add(liveRow(copier)));
    Path folder = Files.createDirectories(Path.of("target", "bench"));
    Path file = folder.resolve(LocalDateTime.now().format(STAMP) + "-snapshot.md");
    Files.write(file, lines);
    lines.add("");
    lines.add("Written: " + file);
    return lines;
  }

  private String row(Copier copier) {
    List<DrainFigures> own = copies.get(copier);
    List<DrainFigures> loops = copies.getOrDefault(Copier.LOOP, List.of());
    List<Double> shares = new ArrayList<>();
    for (int round = 0; round < Math.min(own.size(), loops.size()); round++) {
      shares.add(own.get(round).steadyPerSecond() / loops.get(round).steadyPerSecond());
    }
    return "| %s | %s | %s | %s | %s | %s |"
        .formatted(
            copier.word(),
            spread(own, DrainFigures::steadyPerSecond),
            DrainTables.text(Spread.of(shares)),
            spread(own, DrainFigures::totalSeconds),
            spread(own, DrainFigures::cpuPer100k),
            spread(own, DrainFigures::peakMegabytes));
  }

  private String liveRow(Copier copier) {
    List<SnapshotLive.Figures> own = lives.get(copier);
    return "| %s | %s | %s | %s | %s |"
        .formatted(
            copier.word(),
            spread(own, figures -> figures.during().sinceAck().p50()),
            spread(own, figures -> figures.during().sinceAck().p99()),
            spread(own, figures -> figures.without().sinceAck().p50()),
            spread(own, figures -> figures.without().sinceAck().p99()));
  }

  private static <T> String spread(List<T> figures, Function<T, Double> figure) {
    return DrainTables.text(Spread.of(figures.stream().map(figure).toList()));
  }
}
