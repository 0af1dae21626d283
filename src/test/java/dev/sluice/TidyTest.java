package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Habits that no compiler checks. */
class TidyTest {
  /** Whatever is longer has two subjects. */
  private static final int LONGEST_FILE = 400;

  private static final Pattern HOMELESS =
      Pattern.compile(".*(Util|Utils|Helper|Manager|Impl|Abstract\\w*)\\.java");

  private static final Pattern LEFT_UNDONE = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

  private static List<Path> sources() {
    try (Stream<Path> files = Files.walk(Path.of("src"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void filesAreShort() {
    assertThat(sources())
        .filteredOn(file -> lines(file).size() > LONGEST_FILE)
        .as("split them where their subjects part")
        .isEmpty();
  }

  @Test
  void namesSayWhatAThingIs() {
    assertThat(sources())
        .filteredOn(file -> HOMELESS.matcher(file.getFileName().toString()).matches())
        .as("a homeless class is a missing concept: find its name")
        .isEmpty();
  }

  @Test
  void nothingIsLeftForLater() {
    assertThat(sources())
        .filteredOn(file -> !file.endsWith("TidyTest.java"))
        .filteredOn(file -> lines(file).stream().anyMatch(LEFT_UNDONE.asPredicate()))
        .as("do it, or write it into an issue")
        .isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    assertThat(sources())
        .filteredOn(file -> file.startsWith("src/main"))
        .extracting(Path::getParent)
        .allSatisfy(folder -> assertThat(folder.resolve("package-info.java")).exists());
  }
}
