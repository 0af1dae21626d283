package dev.sluice.config;

import java.util.Objects;

/** How an event is written. */
public record EnvelopeSettings(String pipeline, EventFormat format, JsonMode json) {
  public EnvelopeSettings {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(json, "json");
  }
}
