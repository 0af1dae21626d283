package dev.sluice.cli;

import dev.sluice.config.Durations;
import dev.sluice.config.WrongSettings;
import dev.sluice.inserter.Mix;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.pipeline.StartPoint;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
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
  /** In the order in which help has them. */
  private static final Map<String, Function<Console, Object>> COMMANDS = commands();

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  private SluiceCommand() {}

  private static Map<String, Function<Console, Object>> commands() {
    Map<String, Function<Console, Object>> commands = new LinkedHashMap<>();
    commands.put("run", RunCommand::new);
    commands.put("insert", InsertCommand::new);
    commands.put("tail", TailCommand::new);
    commands.put("consume", ConsumeCommand::new);
    commands.put("sql", SqlCommand::new);
    commands.put("search", SearchCommand::new);
    commands.put("parked", ParkedCommand::new);
    commands.put("replay", ReplayCommand::new);
    commands.put("position", PositionCommand::line);
    commands.put("snapshot", SnapshotCommand::line);
    commands.put("doctor", DoctorCommand::new);
    commands.put("version", VersionCommand::new);
    return Collections.unmodifiableMap(commands);
  }

  /** Runs a command line to its end and gives the exit code. */
  public static int execute(Console console, String... args) {
    return line(console, wanted(args)).execute(args);
  }

  /** All the commands, of which none has run yet. */
  public static CommandLine line(Console console) {
    return line(console, COMMANDS.keySet());
  }

  /**
   * Picocli looks at every field and method of every command that it is given, which takes 0.2 s
   * for all of them: so it is given the one that is called, and all where help or a correction may
   * be wanted.
   */
  private static Set<String> wanted(String... args) {
    return args.length > 0 && COMMANDS.containsKey(args[0]) ? Set.of(args[0]) : COMMANDS.keySet();
  }

  private static CommandLine line(Console console, Set<String> names) {
    CommandLine line = new CommandLine(new SluiceCommand());
    names.forEach(name -> line.addSubcommand(COMMANDS.get(name).apply(console)));
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
    boolean lacksMemory = recognised.getCause() instanceof OutOfMemoryError;
    if (recognised.kind() == FailureKind.BUG && !lacksMemory) {
      recognised.printStackTrace(line.getErr());
    }
    return ExitCode.of(recognised.kind());
  }
}
