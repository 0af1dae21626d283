package dev.sluice.config;

/** How a large body is made smaller. */
public enum Compression {
  NONE(""),
  /** RFC 1952. */
  GZIP("gzip"),
  /** RFC 8878. */
  ZSTD("zstd");

  private final String encoding;

  Compression(String encoding) {
    this.encoding = encoding;
  }

  /** The {@code content-encoding}; empty for none. */
  public String encoding() {
    return encoding;
  }
}
