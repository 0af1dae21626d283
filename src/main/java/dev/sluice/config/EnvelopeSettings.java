package dev.sluice.config;

import java.util.Objects;

/**
 * How an event is written.
 *
 * @param scope what is watched, for what names no collection itself
 * @param gzipAboveBytes larger bodies are compressed; {@code Long.MAX_VALUE} for none
 */
public record EnvelopeSettings(
    String pipeline, Scope scope, EventFormat format, JsonMode json, long gzipAboveBytes) {
  public EnvelopeSettings {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(json, "json");
  }
}
