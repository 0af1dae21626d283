package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can be said of the page without a browser. */
class PageTest {
  private static final Path PAGE = Path.of("src/main/resources/dev/sluice/monitor/page");

  private static String read(Path file) throws IOException {
    return Files.readString(file);
  }

  private static List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(PAGE)) {
      return files.toList();
    }
  }

  @Test
  void hasWordsForEveryStateAndARemedyForEveryKindOfFailure() throws IOException {
    String page = read(PAGE.resolve("page.js"));

    assertThat(PipelineState.values()).allMatch(state -> page.contains("  " + state + ": ['"));
    assertThat(FailureKind.values()).allMatch(kind -> page.contains("  " + kind + ": '"));
  }

  @Test
  void takesNothingFromTheNetworkAndPutsNoTextInAsHtml() throws IOException {
    for (Path file : files()) {
      assertThat(read(file).replace("http://www.w3.org/2000/svg", ""))
          .as(file.toString())
          .doesNotContain("://", "innerHTML", "outerHTML", "insertAdjacent", "eval(", " style=");
    }
  }

  @Test
  void isServedWhole() throws IOException {
    for (Path file : files()) {
      assertThat(new PageFiles().at("/" + file.getFileName())).as(file.toString()).isPresent();
    }
  }
}
