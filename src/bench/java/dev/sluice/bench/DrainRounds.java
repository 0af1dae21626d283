package dev.sluice.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The figures of all rounds with one load. In each round every contender has its turn, so that what
 * else the machine does meets all of them alike; ratios are taken within a round.
 */
final class DrainRounds {
  private final Load load;
  private final double averageBytes;
  private final Map<Contender, List<Optional<DrainFigures>>> figures =
      new EnumMap<>(Contender.class);

  /**
   * @param averageBytes what a document has in fact
   */
  DrainRounds(Load load, double averageBytes) {
    this.load = load;
    this.averageBytes = averageBytes;
  }

  /** Notes a run; nothing for one that was spoiled. */
  void add(Contender contender, Optional<DrainFigures> run) {
    figures.computeIfAbsent(contender, none -> new ArrayList<>()).add(run);
  }

  Load load() {
    return load;
  }

  double averageBytes() {
    return averageBytes;
  }

  Map<Contender, List<Optional<DrainFigures>>> figures() {
    return figures;
  }

  /** One figure over all rounds of a contender; nothing if no round gave it. */
  Optional<Spread> spread(Contender contender, Function<DrainFigures, Optional<Double>> figure) {
    return Spread.of(
        figures.getOrDefault(contender, List.of()).stream()
            .flatMap(Optional::stream)
            .map(figure)
            .flatMap(Optional::stream)
            .toList());
  }

  Optional<Spread> steady(Contender contender) {
    return spread(contender, run -> Optional.of(run.steadyPerSecond()));
  }

  /** What one contender's figure is of another's, round by round. */
  Optional<Spread> ratio(Contender of, Contender by, Function<DrainFigures, Double> figure) {
    List<Optional<DrainFigures>> ours = figures.getOrDefault(of, List.of());
    List<Optional<DrainFigures>> theirs = figures.getOrDefault(by, List.of());
    List<Double> ratios = new ArrayList<>();
    for (int round = 0; round < Math.min(ours.size(), theirs.size()); round++) {
      if (ours.get(round).isPresent() && theirs.get(round).isPresent()) {
        ratios.add(figure.apply(ours.get(round).get()) / figure.apply(theirs.get(round).get()));
      }
    }
    return Spread.of(ratios);
  }
}
