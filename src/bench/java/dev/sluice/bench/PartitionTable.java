package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What several partitions carry, measured and by {@link PartitionModel}, as Markdown. */
final class PartitionTable {
  /** As many cores as a part has in the model's larger set. */
  private static final double SERVER_CORES = 8;

  private static final double PROCESS_CORES = 1;
  private static final double BROKER_CORES = 8;

  private static final int[] NUMBERS = {1, 2, 4, 8, 16, 32};

  private PartitionTable() {}

  /** Empty if a run that it needs is not there. */
  private static Optional<PartitionModel> modelOf(List<DrainRounds> drains) {
    DrainRounds one = drains.get(0);
    DrainRounds most = drains.get(drains.size() - 1);
    Optional<Double> server =
        one.spread(Contender.SOURCE, run -> Optional.of(run.harnessCpuPer100k()))
            .map(Spread::median);
    Optional<Double> alone = steadyCpu(one);
    Optional<Double> divided = steadyCpu(most);
    Optional<Double> broker = ModeTables.broker(one, Contender.SLUICE).map(Spread::median);
    if (server.isEmpty() || alone.isEmpty() || divided.isEmpty() || broker.isEmpty()) {
      return Optional.empty();
    }
    double read = (divided.get() - alone.get()) / (most.load().partitions() - 1);
    // A CPU second for 100,000 events is ten microseconds for each.
    return read > 0 && read < alone.get()
        ? Optional.of(
            new PartitionModel(
                10 * server.get(), 10 * read, 10 * (alone.get() - read), 10 * broker.get()))
        : Optional.empty();
  }

  private static Optional<Double> steadyCpu(DrainRounds rounds) {
    return rounds
        .spread(Contender.SLUICE, run -> Optional.of(run.cpuPer100kSteady()))
        .map(Spread::median);
  }

  static List<String> of(List<DrainRounds> drains) {
    Optional<PartitionModel> model = modelOf(drains);
    if (model.isEmpty()) {
      return List.of("", "No model: the runs that it needs are missing, or too noisy.");
    }
    PartitionModel costs = model.get();
    int cores = Runtime.getRuntime().availableProcessors();
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "Costs of one event in µs of CPU: MongoDB's for one reader %.1f (the harness while the"
                + " source alone is read), a process's for one that it throws away %.1f (by which all"
                + " processes together cost more the more there are, from 20 to 90 %% of the events),"
                + " for one of its own %.1f more, RabbitMQ's %.1f.",
            costs.serverMicros(),
            costs.readMicros(),
            costs.workMicros(),
            costs.brokerMicros()));
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "| partitions | measured events/s | model, all on %d cores | model, %.0f cores for"
                + " MongoDB, %.0f for each process, %.0f for RabbitMQ | limited by |",
            cores,
            SERVER_CORES,
            PROCESS_CORES,
            BROKER_CORES));
    lines.add("|---|---|---|---|---|");
    for (int partitions : NUMBERS) {
      String measured =
          drains.stream()
              .filter(rounds -> rounds.load().partitions() == partitions)
              .findFirst()
              .map(rounds -> DrainTables.text(rounds.steady(Contender.SLUICE)))
              .orElse(DrainTables.NONE);
      lines.add(
          String.format(
              Locale.ROOT,
              "| %d | %s | %,.0f | %,.0f | %s |",
              partitions,
              measured,
              costs.together(partitions, cores),
              costs.apart(partitions, SERVER_CORES, PROCESS_CORES, BROKER_CORES),
              costs.limit(partitions, SERVER_CORES, PROCESS_CORES, BROKER_CORES)));
    }
    return lines;
  }
}
