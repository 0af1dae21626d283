package dev.sluice.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Writes down which test class ran against which server, in {@code target/test-<server>.txt}: one
 * line each of {@code real} or {@code embedded}, the class, and what the server was. {@code
 * .ci/run} reads it, because a build whose broker tests all ran against the embedded broker looks
 * just as green.
 */
final class ServersUnderTest {
  private static final Set<String> WRITTEN = ConcurrentHashMap.newKeySet();

  private ServersUnderTest() {}

  static void note(String server, boolean real, String description) {
    String line = (real ? "real " : "embedded ") + askingTest() + " " + description;
    if (WRITTEN.add(server + line)) {
      append(Path.of("target", "test-" + server + ".txt"), line + "\n");
    }
  }

  /** The test class is the last frame of ours before JUnit's. */
  private static String askingTest() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .map(StackWalker.StackFrame::getClassName)
                    .filter(name -> name.startsWith("dev.sluice."))
                    .map(name -> name.replaceFirst("\\$.*", ""))
                    .reduce((inner, outer) -> outer)
                    .orElse("unknown"));
  }

  private static synchronized void append(Path file, String line) {
    try {
      Files.createDirectories(file.getParent());
      Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
