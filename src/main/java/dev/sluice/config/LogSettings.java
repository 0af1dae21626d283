package dev.sluice.config;

import java.util.Objects;

/** How the log is written. */
public record LogSettings(Format format, Level level) {
  /** The shape of a line. */
  public enum Format {
    TEXT,
    JSON
  }

  /** The least that is written. */
  public enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  public LogSettings {
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(level, "level");
  }
}
