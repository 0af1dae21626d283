package dev.sluice.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;

/**
 * What a command sees of the world: handed in, so that a test can be the world.
 *
 * @param out results
 * @param err complaints and progress
 * @param terminal whether a person looks at it
 */
public record Console(
    Map<String, String> environment, PrintWriter out, PrintWriter err, boolean terminal) {
  public Console {
    environment = Map.copyOf(environment);
    Objects.requireNonNull(out, "out");
    Objects.requireNonNull(err, "err");
  }

  /** The process's own. */
  public static Console ofProcess() {
    return new Console(
        System.getenv(),
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        System.console() != null);
  }

  /** Whether colours are welcome; see https://no-color.org. */
  public boolean colours() {
    return terminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }
}
