package dev.sluice.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The latencies of all rounds, each with a turn for every contender. */
final class LiveRounds {
  private final Load load;
  private final List<Integer> rates;
  private final Map<Contender, List<List<LivePhase>>> phases = new EnumMap<>(Contender.class);

  LiveRounds(Load load, List<Integer> rates) {
    this.load = load;
    this.rates = rates;
  }

  /** Notes a run; nothing for one that was spoiled. */
  void add(Contender contender, List<LivePhase> run) {
    phases.computeIfAbsent(contender, none -> new ArrayList<>()).add(run);
  }

  Load load() {
    return load;
  }

  List<Integer> rates() {
    return rates;
  }

  Map<Contender, List<List<LivePhase>>> phases() {
    return phases;
  }

  Optional<Spread> spread(Contender contender, int rate, Function<LivePhase, Double> figure) {
    return Spread.of(
        phases.getOrDefault(contender, List.of()).stream()
            .flatMap(List::stream)
            .filter(phase -> phase.rate() == rate)
            .map(figure)
            .toList());
  }

  /** What one contender adds to another's figure, round by round. */
  Optional<Spread> added(Contender by, Contender to, int rate, Function<LivePhase, Double> figure) {
    List<List<LivePhase>> ours = phases.getOrDefault(by, List.of());
    List<List<LivePhase>> theirs = phases.getOrDefault(to, List.of());
    List<Double> differences = new ArrayList<>();
    for (int round = 0; round < Math.min(ours.size(), theirs.size()); round++) {
      Optional<Double> our = at(ours.get(round), rate).map(figure);
      Optional<Double> their = at(theirs.get(round), rate).map(figure);
      if (our.isPresent() && their.isPresent()) {
        differences.add(our.get() - their.get());
      }
    }
    return Spread.of(differences);
  }

  private static Optional<LivePhase> at(List<LivePhase> run, int rate) {
    return run.stream().filter(phase -> phase.rate() == rate).findFirst();
  }
}
