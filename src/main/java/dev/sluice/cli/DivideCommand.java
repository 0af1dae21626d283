package dev.sluice.cli;

import dev.sluice.change.Position;
import dev.sluice.checkpoint.StoredPosition;
import dev.sluice.config.Partition;
import dev.sluice.config.Settings;
import dev.sluice.config.WrongSettings;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.bson.BsonTimestamp;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has a pipeline that is stopped go on in another number of partitions. */
@Command(
    name = "divide",
    description =
        "Has a stopped pipeline go on in another number of partitions, all of them from where the"
            + " one that is furthest behind has got to.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class DivideCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SettingsOption option;
  @Mixin private PositionCommand.Force force;

  @Option(
      names = "--from",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many there were; 1 if it was not divided (default: ${DEFAULT-VALUE}).")
  private int from;

  @Option(
      names = "--into",
      paramLabel = "N",
      required = true,
      description = "How many there are to be; 1 for no division.")
  private int into;

  DivideCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Settings settings = option.load(console.environment());
    if (!settings.capture().partition().isWhole()) {
      throw WrongSettings.of("position divide is for all partitions: leave SLUICE_PARTITION out.");
    }
    List<String> before = names(settings, from, "--from");
    List<String> after = names(settings, into, "--into");
    if (from == into) {
      throw WrongSettings.of("--from and --into are the same: there is nothing to divide.");
    }
    try (Wiring wiring = new Wiring(settings)) {
      Position oldest = oldest(wiring, before);
      for (String name : after) {
        wiring.positions(name).set(oldest, settings.capture().selection(), force.isGiven()).block();
      }
      // Last: whatever happens before, all that is needed to begin again is still there.
      for (String name : before) {
        wiring.positions(name).clear(force.isGiven()).block();
      }
      console
          .err()
          .println(
              "The next start of "
                  + String.join(", ", after)
                  + " begins "
                  + PositionReport.text(oldest)
                  + ": what some had published behind that comes again, under the same ids");
      if (settings.stream().isPresent()) {
        console
            .err()
            .println(
                "Streams keep what they have: give the new ones another SLUICE_QUEUE, or the changes"
                    + " of a document lie in two streams of one name, in no order");
      }
    }
    return ExitCode.OK;
  }

  private static List<String> names(Settings settings, int of, String option) {
    try {
      if (of < 1) {
        throw new IllegalArgumentException("no partitions");
      }
      return IntStream.range(0, of)
          .mapToObj(number -> new Partition(number, of).nameOf(settings.capture().pipeline()))
          .toList();
    } catch (IllegalArgumentException e) {
      throw WrongSettings.of(option + " must be a number from 1 to " + Partition.MOST + ".");
    }
  }

  /** A time, for one that is amid a transaction must not skip what another has not published. */
  private Position oldest(Wiring wiring, List<String> pipelines) {
    Map<String, StoredPosition> stored = new LinkedHashMap<>();
    for (String name : pipelines) {
      wiring.positions(name).read().blockOptional().ifPresent(one -> stored.put(name, one));
    }
    List<BsonTimestamp> times =
        pipelines.stream().map(name -> time(name, stored.get(name))).toList();
    return new Position.At(times.stream().min(Comparator.naturalOrder()).orElseThrow());
  }

  private BsonTimestamp time(String pipeline, StoredPosition stored) {
    if (stored == null || stored.position().isEmpty()) {
      throw new PipelineException(
          FailureKind.MISCONFIGURED,
          "The pipeline \""
              + pipeline
              + "\" has no saved position: --from says how many there were");
    }
    if (stored.runBy().isPresent() && !force.isGiven()) {
      throw new PipelineException(
          FailureKind.TAKEN_OVER,
          "The pipeline \""
              + pipeline
              + "\" is run by "
              + stored.runBy().get()
              + ": stop it first, or fence it off with --force");
    }
    Position position = stored.position().get();
    if (!position.snapshot().isEmpty()) {
      throw new PipelineException(
          FailureKind.MISCONFIGURED,
          "The pipeline \""
              + pipeline
              + "\" is amid a snapshot: let it finish, or give that up by position drop-snapshot");
    }
    return position
        .clusterTime()
        .orElseThrow(
            () ->
                new PipelineException(
                    FailureKind.MISCONFIGURED,
                    "The position of \"" + pipeline + "\" has no time that can be read"));
  }
}
