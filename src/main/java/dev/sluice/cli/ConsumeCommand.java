package dev.sluice.cli;

import dev.sluice.config.Settings;
import dev.sluice.rabbit.StreamOffset;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Keeps a target in step with a queue. What does that lies in a jar of its own, so nothing of it is
 * in this class's fields and methods: the other commands must do without.
 */
@Command(
    name = "consume",
    description = {
      "Keeps a target in step with a queue or a stream of Sluice's, exactly right whatever is"
          + " repeated; Ctrl-C applies what is under way and exits 0.",
      "Targets: file:plays.jsonl, file:plays.csv?columns=_id,word, jdbc:sqlite:plays.db,"
          + " exec:COMMAND, https://host/path and others: docs/TARGETS.md."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ConsumeCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SettingsOption settingsOption;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "TARGET",
      description =
          "What is kept in step, as a URI. One with a password is better in a file with this"
              + " option: sluice consume @FILE.")
  private String to;

  @Option(
      names = "--queue",
      paramLabel = "QUEUE",
      description = "The queue to read (default: SLUICE_QUEUE).")
  private String queue;

  @Option(
      names = "--bind",
      paramLabel = "EXCHANGE:PATTERN",
      description =
          "Reads a queue of its own, named by --name, which is bound to that exchange for routing"
              + " keys such as scrabble.# and stays when this ends.")
  private String bind;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "Of this consumer, and of the queue of --bind (default: the queue's name). What is read of"
              + " a stream is kept under it.")
  private String name;

  @Option(
      names = "--from",
      paramLabel = "PLACE",
      converter = StreamPlace.class,
      description =
          "Of a stream only: where this --name begins the first time: first (default), last, next,"
              + " an offset, or a time such as 2026-11-20T10:00:00Z. Later on it goes on where it"
              + " stood.")
  private StreamOffset from;

  @Option(
      names = "--shared",
      description = "Lets others read the queue at the same time. Parking is then up to each.")
  private boolean shared;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "Most events that are applied together (default: what the target gains by, 500 or"
              + " 2000).")
  private Integer batch;

  @Option(
      names = "--linger",
      paramLabel = "TIME",
      defaultValue = "200ms",
      description = "How long a batch waits for more after its first event (default: 200ms).")
  private Duration linger;

  @Option(
      names = "--on-gap",
      paramLabel = "WHAT",
      defaultValue = "stop",
      description =
          "stop (default) or apply: what becomes of a gap, of a collection that another has"
              + " replaced, and of a stream that no longer has what is next.")
  private String onGap;

  @Option(
      names = "--on-drop",
      paramLabel = "WHAT",
      defaultValue = "apply",
      description = "apply (default) or stop: what becomes of drop, rename and dropDatabase.")
  private String onDrop;

  @Option(
      names = "--max-parked",
      paramLabel = "N",
      defaultValue = "1000",
      description =
          "Stops when more documents than that are parked because the target refuses them"
              + " (default: 1000).")
  private int maxParked;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "exec: and http(s): only: how many calls may be under way at the same time, in order for"
              + " each document (default: 1).")
  private int workers;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      defaultValue = "1m",
      description =
          "exec: and http(s): only: how long a command may take for its batch, or an answer for its"
              + " event (default: 1m).")
  private Duration timeout;

  @Option(
      names = "--rebuild",
      description =
          "Has the pipeline take a snapshot, fills a second table beside the live one and swaps"
              + " them. Once: given at later starts too, it does nothing until a start without it.")
  private boolean rebuild;

  @Option(
      names = "--collection",
      split = ",",
      paramLabel = "DATABASE.COLLECTION",
      description =
          "With --rebuild: which; several with commas between (default: all that the target has and"
              + " the pipeline watches).")
  private List<String> collections = List.of();

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      description =
          "Where this consumer's metrics, health and page are served, such as 127.0.0.1:8081"
              + " (default: nowhere).")
  private String http;

  ConsumeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Settings settings = settingsOption.load(console.environment());
    try {
      return new ConsumerRun(
              settings,
              console.environment(),
              new ConsumerRun.Options(
                  to,
                  queue,
                  bind,
                  name,
                  from,
                  shared,
                  batch,
                  linger,
                  onGap,
                  onDrop,
                  maxParked,
                  workers,
                  timeout,
                  rebuild,
                  collections,
                  http))
          .run();
    } catch (NoClassDefFoundError missing) {
      console
          .err()
          .println(
              "sluice: The consumers are not there: put sluice-consumers.jar beside sluice.jar ("
                  + missing.getMessage()
                  + ").");
      return ExitCode.MISCONFIGURED;
    }
  }
}
