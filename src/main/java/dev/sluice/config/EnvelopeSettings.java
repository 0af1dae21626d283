package dev.sluice.config;

import java.util.Objects;

/**
 * How an event is written.
 *
 * @param database the watched one, for what names none itself
 * @param collection likewise
 * @param gzipAboveBytes larger bodies are compressed, and so are those that are too large
 *     otherwise; {@code Long.MAX_VALUE} for none
 */
public record EnvelopeSettings(
    String pipeline,
    String database,
    String collection,
    EventFormat format,
    JsonMode json,
    long gzipAboveBytes) {
  public EnvelopeSettings {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(collection, "collection");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(json, "json");
  }
}
