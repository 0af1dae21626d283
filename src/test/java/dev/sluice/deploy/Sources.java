package dev.sluice.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the sources of the program say that no class shows. */
final class Sources {
  private static final Path MAIN = Path.of("src/main/java/dev/sluice");

  private Sources() {}

  /** A constant of a class in {@code cli}, given in seconds. */
  static Duration seconds(String type, String constant) throws IOException {
    return Duration.ofSeconds(
        Long.parseLong(found(type, constant + "\\s*=\\s*Duration\\.ofSeconds\\((\\d+)\\)")));
  }

  /** An exit code by its name. */
  static int exitCode(String name) throws IOException {
    return Integer.parseInt(found("ExitCode", "int " + name + " = (\\d+);"));
  }

  private static String found(String type, String pattern) throws IOException {
    Matcher matcher =
        Pattern.compile(pattern).matcher(Files.readString(MAIN.resolve("cli/" + type + ".java")));
    assertThat(matcher.find()).as("%s in %s", pattern, type).isTrue();
    return matcher.group(1);
  }

  /** All of a package's text. */
  static String ofPackage(String name) throws IOException {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.walk(MAIN.resolve(name))) {
      List<Path> java = files.filter(file -> file.toString().endsWith(".java")).toList();
      for (Path file : java) {
        text.append(Files.readString(file));
      }
    }
    return text.toString();
  }
}
