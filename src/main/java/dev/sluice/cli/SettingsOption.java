package dev.sluice.cli;

import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The option that all commands share: where the settings come from. */
final class SettingsOption {
  private static final Logger log = LoggerFactory.getLogger(SettingsOption.class);

  @Option(
      names = "--env-file",
      paramLabel = "FILE",
      description =
          "Settings, one KEY=value a line; the environment wins over it (default: .env, if there).")
  private Path named;

  /** Reads the settings and sets the log up by them. */
  Settings load(Map<String, String> environment) {
    Settings settings =
        named == null
            ? SettingsReader.read(environment, Path.of(".env"))
            : SettingsReader.readNamed(environment, named);
    LogConfiguration.apply(settings.log());
    settings.warnings().forEach(log::warn);
    return settings;
  }
}
