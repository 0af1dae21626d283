package dev.sluice.config;

import java.nio.file.Path;
import java.util.Objects;

/** A file and the setting that names it: whoever cannot use the one can name the other. */
public record NamedFile(String key, Path path) {
  public NamedFile {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(path, "path");
  }

  /** Key and path, as a sentence about the file begins. */
  @Override
  public String toString() {
    return key + " (" + path + ")";
  }
}
