package dev.sluice.consuming;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code that docs/CONSUMING.md shows is the code that is tested. */
class ConsumingPageTest {
  /** {@code <!-- code: file region -->} and the fenced block behind it. */
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?:<!-- code: (\\S+) (\\S+) -->\n)?```(?:java|python)\n(.*?)```", Pattern.DOTALL);

  private static String region(String file, String name) throws IOException {
    String source = Files.readString(Path.of(file));
    Matcher region =
        Pattern.compile("(?s)( *)(?://|#) region: " + name + "\n(.*?) *(?://|#) end region\n")
            .matcher(source);
    assertThat(region.find()).as("%s has a region %s", file, name).isTrue();
    return region.group(2).replaceAll("(?m)^" + region.group(1), "");
  }

  @Test
  void showsTheCodeThatIsTested() throws IOException {
    List<MatchResult> blocks =
        BLOCK.matcher(Files.readString(Path.of("docs/CONSUMING.md"))).results().toList();

    assertThat(blocks).hasSizeGreaterThan(5);
    for (MatchResult block : blocks) {
      assertThat(block.group(1)).as("where this comes from: %s", block.group(3)).isNotNull();
      assertThat(block.group(3))
          .as("%s of %s", block.group(2), block.group(1))
          .isEqualTo(region(block.group(1), block.group(2)));
    }
  }
}
