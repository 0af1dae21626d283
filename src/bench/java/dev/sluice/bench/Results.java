package dev.sluice.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes what a run has found: every round as JSON, medians as Markdown, and the plots. */
final class Results {
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("MMdd-HHmmss");

  private final Path folder;
  private final String stamp = LocalDateTime.now().format(STAMP);

  Results() throws IOException {
    folder = Files.createDirectories(Path.of("target", "bench"));
  }

  /**
   * Writes what there is so far in the place of what was written before: a run that is ended early
   * leaves that much. Returns what is to be shown: the tables, and where everything is.
   */
  List<String> write(
      Map<String, String> setUp,
      BenchOptions.Mode mode,
      List<DrainRounds> drains,
      List<LiveRounds> lives)
      throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("");
    setUp.forEach((what, is) -> lines.add("- " + what + ": " + is));
    drains.forEach(rounds -> lines.addAll(DrainTables.of(rounds)));
    lines.addAll(ModeTables.of(mode, drains));
    lives.forEach(rounds -> lines.addAll(LiveTables.of(rounds)));
    Files.write(folder.resolve(stamp + ".md"), lines);
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(folder.resolve(stamp + ".json").toFile(), tree(setUp, drains, lives));
    lines.add("");
    lines.add("Written: " + folder.resolve(stamp) + ".json, .md");
    for (Path plot : Plots.write(folder, stamp, drains, lives)) {
      lines.add("Written: " + plot);
    }
    return lines;
  }

  private static Map<String, Object> tree(
      Map<String, String> setUp, List<DrainRounds> drains, List<LiveRounds> lives) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("setUp", setUp);
    tree.put("backlogs", drains.stream().map(Results::tree).toList());
    tree.put("latencies", lives.stream().map(Results::tree).toList());
    return tree;
  }

  private static Map<String, Object> tree(DrainRounds rounds) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("load", rounds.load());
    tree.put("averageBytes", rounds.averageBytes());
    rounds
        .figures()
        .forEach(
            (contender, runs) ->
                tree.put(
                    contender.word(),
                    runs.stream()
                        .map(run -> run.map(Results::tree))
                        .map(Results::orNull)
                        .toList()));
    return tree;
  }

  private static Map<String, Object> tree(DrainFigures run) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("firstMillis", run.firstMillis());
    tree.put("totalSeconds", run.totalSeconds());
    tree.put("steadyPerSecond", run.steadyPerSecond());
    tree.put("cpuPer100k", run.cpuPer100k());
    tree.put("cpuPer100kFromFirst", run.cpuPer100kFromFirst());
    tree.put("cpuPer100kSteady", run.cpuPer100kSteady());
    tree.put("peakMegabytes", run.peakMegabytes());
    run.brokerCpuPer100k().ifPresent(seconds -> tree.put("brokerCpuPer100k", seconds));
    tree.put("harnessCpuPer100k", run.harnessCpuPer100k());
    tree.put("monitorCpuPer100k", run.monitorCpuPer100k());
    run.bytesPerEvent().ifPresent(bytes -> tree.put("bytesPerEvent", bytes));
    run.pauseMillis().ifPresent(millis -> tree.put("pauseMillis", millis));
    return tree;
  }

  private static Map<String, Object> tree(LiveRounds rounds) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("load", rounds.load());
    rounds
        .phases()
        .forEach(
            (contender, runs) ->
                tree.put(
                    contender.word(),
                    runs.stream().map(run -> run.stream().map(Results::tree).toList()).toList()));
    return tree;
  }

  private static Map<String, Object> tree(LivePhase phase) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("rate", phase.rate());
    tree.put("written", phase.written());
    tree.put("sinceAck", phase.sinceAck());
    tree.put("sinceDue", phase.sinceDue());
    tree.put("meanWrite", phase.stages().write());
    phase.stages().capture().ifPresent(millis -> tree.put("meanCapture", millis));
    phase.stages().deliver().ifPresent(millis -> tree.put("meanDeliver", millis));
    return tree;
  }

  /** A spoiled run keeps its place, so that rounds can be told apart. */
  private static Object orNull(Optional<Map<String, Object>> run) {
    return run.orElse(Map.of("spoiled", true));
  }
}
