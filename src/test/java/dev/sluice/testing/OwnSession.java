package dev.sluice.testing;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts a process outside the terminal's group: Ctrl-C then reaches only this JVM, which can end
 * in order what it has started.
 */
public final class OwnSession {
  private static final Path SETSID = Path.of("/usr/bin/setsid");

  /**
   * What goes before a command. Nothing where the program is missing: then Ctrl-C reaches all. It
   * becomes the command, so the process id is the command's own.
   */
  public static final List<String> PREFIX =
      Files.isExecutable(SETSID) ? List.of(SETSID.toString()) : List.of();

  private OwnSession() {}
}
