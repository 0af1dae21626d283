package dev.sluice.cli;

import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Option;

/** The option that all commands share: where the settings come from. */
final class SettingsOption {
  @Option(
      names = "--env-file",
      paramLabel = "FILE",
      defaultValue = ".env",
      description = "Settings, one KEY=value a line; the environment wins over it (default: .env).")
  private Path file;

  /** Reads the settings and sets the log up by them. */
  Settings load(Map<String, String> environment) {
    Settings settings = SettingsReader.read(environment, file);
    LogConfiguration.apply(settings.log());
    return settings;
  }
}
