package dev.sluice.config;

import java.util.Objects;

/**
 * How an event is written.
 *
 * @param scope what is watched, for what names no collection itself
 * @param view what of a document a change carries
 * @param headers which of its own a message has
 * @param compressAboveBytes larger bodies are compressed, and so are those that are too large
 *     otherwise; {@code Long.MAX_VALUE} for none
 */
public record EnvelopeSettings(
    String pipeline,
    Scope scope,
    View view,
    EventFormat format,
    JsonMode json,
    Headers headers,
    Compression compression,
    long compressAboveBytes) {
  public EnvelopeSettings {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(view, "view");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(json, "json");
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(compression, "compression");
  }

  /**
   * With all headers, and gzip.
   *
   * @param gzipAboveBytes {@code Long.MAX_VALUE} for none
   */
  public EnvelopeSettings(
      String pipeline,
      Scope scope,
      View view,
      EventFormat format,
      JsonMode json,
      long gzipAboveBytes) {
    this(pipeline, scope, view, format, json, Headers.ALL, Compression.GZIP, gzipAboveBytes);
  }

  /** The same of something else that is watched. */
  public EnvelopeSettings of(Scope other, View seen) {
    return new EnvelopeSettings(
        pipeline, other, seen, format, json, headers, compression, compressAboveBytes);
  }
}
