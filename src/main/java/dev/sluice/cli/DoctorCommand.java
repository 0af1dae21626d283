package dev.sluice.cli;

import dev.sluice.config.LogSettings;
import dev.sluice.config.Settings;
import dev.sluice.config.WrongSettings;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks whether a pipeline of these settings would work, and says what to do where not. */
@Command(
    name = "doctor",
    description = {
      "Looks at settings, servers, privileges and queues as a pipeline needs them, and says what to"
          + " do where something is wrong. Changes nothing.",
      "Exit code: 0, or 5 where something is warned of, or 1 where something fails."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    footer = {"", "More: docs/DOCTOR.md."})
final class DoctorCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private SettingsOption settingsOption;

  @Option(names = "--json", description = "As one line of JSON.")
  private boolean json;

  @Option(
      names = "--canary",
      description =
          "Also writes a document into a collection of its own, sees its message arrive in a queue"
              + " of its own, and removes both.")
  private boolean canary;

  @Option(
      names = "--consumer",
      paramLabel = "NAME",
      split = ",",
      description =
          "Also looks at the consumer of that --name of the stream SLUICE_QUEUE, or at the one"
              + " without a --name by the stream's own; several with commas between.")
  private List<String> consumers = List.of();

  @Option(
      names = "--management",
      paramLabel = "URL",
      description =
          "RabbitMQ's management API, which tells of policies (default: port 15672 of the first"
              + " host, or 15671 with TLS).")
  private URI management;

  DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (management != null
        && (management.getScheme() == null
            || management.getHost() == null
            || management.getUserInfo() != null)) {
      throw WrongSettings.of(
          "--management takes a URL such as http://localhost:15672; the login is that of the settings.");
    }
    Settings settings = settingsOption.load(console.environment());
    // What holders and driver would say of their own is said by the checks.
    LogConfiguration.apply(new LogSettings(settings.log().format(), LogSettings.Level.ERROR));
    FindingLines lines = new FindingLines(console.out(), console.colours(), json);
    List<String> warnings = new ArrayList<>(settings.warnings());
    warnings.addAll(LossWarnings.of(settings));
    try (DoctorWiring wiring = new DoctorWiring(settings)) {
      wiring
          .doctor()
          .examination(warnings, Optional.ofNullable(management), consumers, canary)
          .findings()
          .doOnNext(lines::add)
          .blockLast();
    } finally {
      LogConfiguration.apply(settings.log());
    }
    lines.end();
    return switch (lines.worst()) {
      case OK, SKIPPED -> ExitCode.OK;
      case WARNING -> ExitCode.WARNED;
      case FAILURE -> ExitCode.FAILED;
    };
  }
}
