package dev.sluice.cli;

import dev.sluice.config.Headers;
import dev.sluice.config.KeyTemplate;
import dev.sluice.config.RouteSettings;
import dev.sluice.config.Settings;
import dev.sluice.config.WrongSettings;
import dev.sluice.inserter.InsertPlan;
import dev.sluice.inserter.Inserter;
import dev.sluice.inserter.Mix;
import dev.sluice.rabbit.TemporaryQueue;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Drives test data into the watched collection. */
@Command(
    name = "insert",
    description = {
      "Drives scrabble plays into the watched collection, every write acknowledged by a majority.",
      "With --verify it also checks that each of them comes out at RabbitMQ."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false)
final class InsertCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SettingsOption settingsOption;

  @Spec private CommandSpec spec;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many writes; with --every, at each tick (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "0",
      description = "How many writes a second at the most (default: as fast as it goes).")
  private double rate;

  @Option(
      names = "--every",
      paramLabel = "TIME",
      description = "Writes, then reads back, again and again in such a distance, e.g. 5s.")
  private Duration every;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      description = "Ends after this time, e.g. 2m, whatever is left.")
  private Duration duration;

  @Option(
      names = "--mix",
      paramLabel = "MIX",
      defaultValue = "insert:1",
      description =
          "What is written, by weight: insert:70,update:20,replace:5,delete:5 (default: inserts).")
  private Mix mix;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      defaultValue = "0",
      description = "Pads documents to about this size (default: as they come, about 400).")
  private int size;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The same seed makes the same documents, save for their ids (default: random).")
  private Long seed;

  @Option(
      names = "--collection",
      paramLabel = "NAME",
      description = "Where to write (default: SLUICE_COLLECTION).")
  private String collection;

  @Option(
      names = "--verify",
      description = "Checks that every write comes out at RabbitMQ, and how long it takes.")
  private boolean verify;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      defaultValue = "15s",
      description =
          "With --verify: gives up when nothing has come out for so long (default:"
              + " ${DEFAULT-VALUE}).")
  private Duration patience;

  @Option(names = "--quiet", description = "Does not print every _id, only the summary.")
  private boolean quiet;

  InsertCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Settings settings = settingsOption.load(console.environment());
    InsertPlan plan = plan(settings);
    try (Wiring wiring = new Wiring(settings)) {
      Inserter inserter = wiring.inserter();
      InsertRun run = new InsertRun(console, inserter, plan, quiet);
      if (!verify) {
        return run.write() ? ExitCode.OK : ExitCode.FAILED;
      }
      if (settings.envelope().headers() == Headers.NONE) {
        throw WrongSettings.of(
            "--verify knows its own writes by the header id, which SLUICE_HEADERS=none leaves out:"
                + " set SLUICE_HEADERS=minimal, or leave --verify out.");
      }
      if (settings.stream().isPresent()) {
        requireWhole(settings);
        return run.writeAndVerify(wiring.streamQueue()::messagesFromNow, patience)
            ? ExitCode.OK
            : ExitCode.FAILED;
      }
      // Of keys that somebody has made himself all are looked at: its own writes it knows by id.
      String keys =
          settings.route().equals(new RouteSettings(KeyTemplate.DEFAULT))
              ? settings.mongo().database() + "." + plan.collection() + ".#"
              : "#";
      TemporaryQueue queue = wiring.temporaryQueue();
      requireAllSeen(queue);
      return run.writeAndVerify(ready -> queue.messages(keys, ready), patience)
          ? ExitCode.OK
          : ExitCode.FAILED;
    }
  }

  /** Of several partitions each has a stream, and one of them is read. */
  private static void requireWhole(Settings settings) {
    if (!settings.capture().partition().isWhole()) {
      throw WrongSettings.of(
          "--verify reads one stream, and with SLUICE_PARTITION the events are in several: leave"
              + " --verify out, and compare by a consumer of each stream.");
    }
  }

  /** Of what it cannot see it could not say that it is lost; where nothing is seen others tell. */
  private static void requireAllSeen(TemporaryQueue queue) {
    if (!queue.seen().isEmpty() && !queue.unseen().isEmpty()) {
      throw WrongSettings.of(
          "--verify cannot look at what goes to queue "
              + String.join(", ", queue.unseen())
              + ": give these a topic exchange in SLUICE_ROUTES_FILE, or leave --verify out.");
    }
  }

  private InsertPlan plan(Settings settings) {
    if (verify && every != null) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--verify goes with a single run, not with --every.");
    }
    if (count < 1 || rate < 0 || size < 0) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--count must be at least 1, --rate and --size at least 0.");
    }
    return new InsertPlan(
        collection == null ? settings.mongo().collection() : collection,
        count,
        rate,
        Optional.ofNullable(every),
        Optional.ofNullable(duration),
        mix,
        size,
        seed == null ? System.nanoTime() : seed);
  }
}
