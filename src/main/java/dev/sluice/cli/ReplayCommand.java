package dev.sluice.cli;

import dev.sluice.config.Settings;
import dev.sluice.config.WrongSettings;
import dev.sluice.pipeline.StartPoint;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Publishes a stretch of the oplog again. */
@Command(
    name = "replay",
    description = {
      "Publishes a stretch of the oplog again, under the same message-ids, and ends with 0 when all",
      "of it is confirmed. Neither the saved position nor an instance that runs is touched."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class ReplayCommand implements Callable<Integer> {
  /** What AMQP 0-9-1 has room for in a name (short string). */
  private static final int LONGEST_NAME = 255;

  private final Console console;

  @Mixin private SettingsOption settingsOption;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "POINT",
      description = "Where it begins: earliest, a time as 2026-11-20T10:00:00Z, or token:<hex>.")
  private StartPoint from;

  @Option(
      names = "--until",
      paramLabel = "POINT",
      description = "Where it ends: now (the default), or a time, whose second is left out.")
  private StartPoint until = new StartPoint.Now();

  @Option(
      names = "--queue",
      paramLabel = "QUEUE",
      description =
          "Publishes to this queue alone, by the default exchange, and declares it (default: as run"
              + " does).")
  private String queue;

  ReplayCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (!until.isMoment()) {
      throw WrongSettings.of("--until takes now or a time as 2026-11-20T10:00:00Z.");
    }
    Settings settings = settingsOption.load(console.environment());
    if (queue != null) {
      requireName();
      settings = settings.straightTo(queue);
    }
    try (Wiring wiring = new Wiring(settings)) {
      long count = wiring.replay(from, until).run(progress()).block();
      console.err().println((console.terminal() ? "\r" : "") + count + " changes replayed");
    }
    return ExitCode.OK;
  }

  private void requireName() {
    int bytes = queue.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > LONGEST_NAME) {
      throw WrongSettings.of("--queue takes a name of 1 to " + LONGEST_NAME + " bytes.");
    }
  }

  private LongConsumer progress() {
    return console.terminal()
        ? count -> {
          console.err().print("\r" + count + " changes confirmed");
          console.err().flush();
        }
        : count -> {};
  }
}
