package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/PROVING.md says of the faults. */
class ProvingPageTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`[a-z-]+`(?:, `[a-z-]+`)*) \\|");

  @Test
  void thePageListsEveryFaultInTheOrderOfTheCode() throws Exception {
    String page = Files.readString(Path.of("docs/PROVING.md"));
    String table = page.substring(page.indexOf("## Faults"));
    List<String> listed =
        ROW.matcher(table)
            .results()
            .flatMap(row -> Pattern.compile("`([a-z-]+)`").matcher(row.group(1)).results())
            .map(word -> word.group(1))
            .toList();

    assertThat(listed).containsExactlyElementsOf(words());
  }

  private static List<String> words() {
    return Stream.of(FaultKind.values()).map(FaultKind::word).toList();
  }

  @Test
  void theTimesOfThePageAreThoseOfTheCode() throws Exception {
    String page = Files.readString(Path.of("docs/PROVING.md"));
    Pattern times = Pattern.compile("(\\d+) to (\\d+) s");
    for (FaultKind kind : FaultKind.values()) {
      String row =
          page.lines()
              .filter(line -> line.contains("| `" + kind.word() + "`"))
              .findFirst()
              .orElse("");
      Matcher told = times.matcher(row);
      if (!kind.longest().isZero() && told.find()) {
        assertThat(told.group())
            .as(kind.word())
            .isEqualTo(kind.shortest().toSeconds() + " to " + kind.longest().toSeconds() + " s");
      }
    }
  }
}
