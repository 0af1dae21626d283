package dev.sluice.cli;

import dev.sluice.config.Durations;
import dev.sluice.config.WrongSettings;
import dev.sluice.inserter.Mix;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.pipeline.StartPoint;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The command line as a whole. */
@Command(
    name = "sluice",
    description = "Carries every change of a MongoDB collection to RabbitMQ: in order, none lost.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Settings: .env.example lists them all. Exit codes: docs/ENDINGS.md."})
public final class SluiceCommand implements Callable<Integer> {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private SluiceCommand() {}

  /** Runs a command line to its end and gives the exit code. */
  public static int execute(Console console, String... args) {
    return line(console).execute(args);
  }

  /** All the commands, of which none has run yet. */
  public static CommandLine line(Console console) {
    CommandLine line =
        new CommandLine(new SluiceCommand())
            .addSubcommand(new RunCommand(console))
            .addSubcommand(new InsertCommand(console))
            .addSubcommand(new TailCommand(console))
            .addSubcommand(new ConsumeCommand(console))
            .addSubcommand(new SqlCommand(console))
            .addSubcommand(new SearchCommand(console))
            .addSubcommand(new ParkedCommand(console))
            .addSubcommand(new ReplayCommand(console))
            .addSubcommand(PositionCommand.line(console))
            .addSubcommand(SnapshotCommand.line(console))
            .addSubcommand(new VersionCommand(console));
    line.registerConverter(Duration.class, SluiceCommand::duration);
    line.registerConverter(Mix.class, SluiceCommand::mix);
    line.registerConverter(StartPoint.class, SluiceCommand::startPoint);
    line.setOut(console.out());
    line.setErr(console.err());
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(
            console.colours() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
    line.setExecutionExceptionHandler(SluiceCommand::explain);
    return line;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.WRONG_SETTINGS;
  }

  private static Duration duration(String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(e.getMessage());
    }
  }

  private static Mix mix(String text) {
    try {
      return Mix.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(e.getMessage());
    }
  }

  private static StartPoint startPoint(String text) {
    try {
      return StartPoint.parse(text);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(e.getMessage());
    }
  }

  /** One sentence for what the user can mend; a stack trace only for what we have to. */
  private static int explain(Exception failure, CommandLine line, ParseResult parsed) {
    if (failure instanceof WrongSettings wrong) {
      wrong.problems().forEach(problem -> line.getErr().println("sluice: " + problem));
      return ExitCode.WRONG_SETTINGS;
    }
    PipelineException recognised = PipelineException.of(failure);
    line.getErr().println("sluice: " + recognised.getMessage() + ".");
    if (recognised.kind() == FailureKind.BUG) {
      recognised.printStackTrace(line.getErr());
    }
    return ExitCode.of(recognised.kind());
  }
}
