package dev.sluice.cli;

import dev.sluice.checkpoint.StoredPosition;
import dev.sluice.config.Settings;
import dev.sluice.config.WrongSettings;
import dev.sluice.mongo.PositionFile;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.pipeline.StartPoint;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows and moves the position of a pipeline that is stopped. */
@Command(
    name = "position",
    description = "Shows, sets, clears and copies the saved position of a stopped pipeline.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "More: docs/POSITIONS.md."})
final class PositionCommand implements Callable<Integer> {
  private final Console console;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  PositionCommand(Console console) {
    this.console = console;
  }

  /** With its own commands. */
  static CommandLine line(Console console) {
    PositionCommand command = new PositionCommand(console);
    return new CommandLine(command)
        .addSubcommand(command.new Show())
        .addSubcommand(command.new Set())
        .addSubcommand(command.new Clear())
        .addSubcommand(command.new DropSnapshot())
        .addSubcommand(new DivideCommand(console))
        .addSubcommand(command.new Export())
        .addSubcommand(command.new Import());
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(console.err());
    return ExitCode.WRONG_SETTINGS;
  }

  /** What the settings say and what is put together by them. */
  private interface Work {
    void with(Settings settings, Wiring wiring) throws IOException;
  }

  private Integer run(SettingsOption option, Work work) throws IOException {
    Settings settings = option.load(console.environment());
    try (Wiring wiring = new Wiring(settings)) {
      work.with(settings, wiring);
    }
    return ExitCode.OK;
  }

  private static PipelineException nothing(Settings settings) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "The pipeline \"" + settings.capture().pipeline() + "\" has no saved position");
  }

  private void place(
      Settings settings, Wiring wiring, StartPoint point, String source, boolean force) {
    point
        .find(wiring.source())
        .flatMap(position -> wiring.positions().set(position, source, force).thenReturn(position))
        .doOnNext(
            position ->
                console
                    .err()
                    .println(
                        "The next start of \""
                            + settings.capture().pipeline()
                            + "\" begins "
                            + PositionReport.text(position)))
        .block();
  }

  /** The option of all that change something. */
  static final class Force {
    @Option(
        names = "--force",
        description =
            "Also while an instance runs the pipeline: it is fenced off, says so, and goes on from"
                + " what is set here.")
    private boolean force;

    boolean isGiven() {
      return force;
    }
  }

  @Command(
      name = "show",
      description = "Shows the position, its age, how far it is from both ends of the oplog.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  final class Show implements Callable<Integer> {
    @Mixin private SettingsOption option;

    @Option(names = "--json", description = "As one line of JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
      return run(
          option,
          (settings, wiring) -> {
            PositionReport report =
                new PositionReport(
                    settings.capture().pipeline(),
                    wiring.positions().read().blockOptional().orElseThrow(() -> nothing(settings)),
                    wiring.source().now().block(),
                    wiring.source().logWindow().blockOptional());
            console.out().println(json ? report.json() : report.text());
          });
    }
  }

  @Command(
      name = "set",
      description = "Has the next start begin at a point of the oplog.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  final class Set implements Callable<Integer> {
    @Mixin private SettingsOption option;
    @Mixin private Force force;

    @Option(
        names = "--from",
        required = true,
        paramLabel = "POINT",
        description = "now, earliest, a time as 2026-11-20T10:00:00Z, or token:<hex>.")
    private StartPoint from;

    @Override
    public Integer call() throws IOException {
      return run(
          option,
          (settings, wiring) ->
              place(settings, wiring, from, settings.capture().selection(), force.force));
    }
  }

  @Command(
      name = "clear",
      description = "Has the next start begin as the first one did, at the present.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  final class Clear implements Callable<Integer> {
    @Mixin private SettingsOption option;
    @Mixin private Force force;

    @Override
    public Integer call() throws IOException {
      return run(
          option,
          (settings, wiring) -> {
            wiring.positions().clear(force.force).block();
            console
                .err()
                .println(
                    "\"" + settings.capture().pipeline() + "\" has no saved position any more");
          });
    }
  }

  @Command(
      name = "drop-snapshot",
      description =
          "Gives up the snapshot that is under way, and leaves the position: the next start goes on"
              + " with the stream alone.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  final class DropSnapshot implements Callable<Integer> {
    @Mixin private SettingsOption option;
    @Mixin private Force force;

    @Override
    public Integer call() throws IOException {
      return run(
          option,
          (settings, wiring) -> {
            boolean underWay =
                wiring
                    .positions()
                    .read()
                    .blockOptional()
                    .flatMap(StoredPosition::position)
                    .filter(position -> !position.snapshot().isEmpty())
                    .isPresent();
            if (!underWay) {
              throw new PipelineException(
                  FailureKind.MISCONFIGURED,
                  "The pipeline \""
                      + settings.capture().pipeline()
                      + "\" has no snapshot under way");
            }
            wiring.positions().dropSnapshot(force.force).block();
            console
                .err()
                .println(
                    "\""
                        + settings.capture().pipeline()
                        + "\" goes on with its stream alone; consumers are not told");
          });
    }
  }

  @Command(
      name = "export",
      description = "Writes the position as JSON to standard output, for import.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  final class Export implements Callable<Integer> {
    @Mixin private SettingsOption option;

    @Override
    public Integer call() throws IOException {
      return run(
          option,
          (settings, wiring) ->
              console
                  .out()
                  .println(
                      wiring
                          .positions()
                          .read()
                          .blockOptional()
                          .flatMap(
                              stored -> PositionFile.write(settings.capture().pipeline(), stored))
                          .orElseThrow(() -> nothing(settings))));
    }
  }

  @Command(
      name = "import",
      description = "Has the next start begin where an exported position says.",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class)
  final class Import implements Callable<Integer> {
    @Mixin private SettingsOption option;
    @Mixin private Force force;

    @Parameters(paramLabel = "FILE", description = "What sluice position export has written.")
    private Path file;

    @Override
    public Integer call() throws IOException {
      PositionFile exported = read();
      return run(
          option,
          (settings, wiring) ->
              place(
                  settings,
                  wiring,
                  new StartPoint.Exactly(exported.position()),
                  exported.source(),
                  force.force));
    }

    private PositionFile read() {
      try {
        return PositionFile.read(Files.readString(file));
      } catch (CharacterCodingException | IllegalArgumentException e) {
        throw WrongSettings.of("The file " + file + " is not what sluice position export writes.");
      } catch (IOException e) {
        throw WrongSettings.of("The file " + file + " cannot be read.");
      }
    }
  }
}
