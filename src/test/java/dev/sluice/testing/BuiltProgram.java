package dev.sluice.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A program among the test classes in a process of its own, as {@code make} starts it. */
public final class BuiltProgram {
  private BuiltProgram() {}

  /**
   * @param options in its environment, over those of this process
   * @param log gets what it writes, to both streams
   */
  public static Process start(
      String mainClass, Map<String, String> options, Path directory, Path log) throws IOException {
    String classes =
        String.join(
            ":",
            Path.of("target/test-classes").toAbsolutePath().toString(),
            Path.of("target/classes").toAbsolutePath().toString(),
            Files.readString(Path.of("target/test-classpath.txt")).strip());
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-Dsluice.jar="
                + Path.of(System.getProperty("sluice.jar", "target/sluice.jar")).toAbsolutePath(),
            "-cp",
            classes,
            mainClass);
    builder.environment().putAll(options);
    builder.directory(directory.toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return builder.start();
  }
}
