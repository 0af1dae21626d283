package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code docker compose} makes of the same lines was looked up with its version 1.29. */
class DotEnvFileTest {
  @TempDir private Path folder;

  private final List<String> problems = new ArrayList<>();

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("some.env"), content);
  }

  private Map<String, String> read(String content) throws IOException {
    return DotEnvFile.read(file(content.getBytes(StandardCharsets.UTF_8)), true, problems);
  }

  private List<String> problems(String content) throws IOException {
    read(content);
    return problems;
  }

  @Test
  void readsWhatComposeReadsAlike() throws IOException {
    assertThat(
            read(
                "\uFEFFSLUICE_QUEUE=bom\nexport SLUICE_EXCHANGE=exported\n"
                    + "\texport\tSLUICE_FORMAT=tabs\nSLUICE_JSON= \t blanks around \t \n"
                    + "SLUICE_LANES=two words\r\n\r\n  # a comment\nSLUICE_LEASE=\n"
                    + "SLUICE_PIPELINE=a=b # c # d\nSLUICE_COLLECTION=back\\nslash"))
        .containsExactly(
            Map.entry("SLUICE_QUEUE", "bom"),
            Map.entry("SLUICE_EXCHANGE", "exported"),
            Map.entry("SLUICE_FORMAT", "tabs"),
            Map.entry("SLUICE_JSON", "blanks around"),
            Map.entry("SLUICE_LANES", "two words"),
            Map.entry("SLUICE_LEASE", ""),
            Map.entry("SLUICE_PIPELINE", "a=b"),
            Map.entry("SLUICE_COLLECTION", "back\\nslash"));
    assertThat(problems).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pa$word", "$HOME", "${HOME}", "two$$", "end$", "a \\$b"})
  void refusesADollarWhichComposeExpands(String value) throws IOException {
    assertThat(problems("SLUICE_QUEUE=x\nRABBITMQ_DEFAULT_PASSWORD=" + value))
        .containsExactly(
            "some.env line 2 has a $ in its value, where docker compose would put another variable's"
                + " value: set this key in the environment instead (in a URI, write %24).");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a#b", "a\t# b", "http://x#y"})
  void refusesAHashThatMayBeginAComment(String value) throws IOException {
    assertThat(problems("SLUICE_QUEUE=" + value))
        .singleElement()
        .asString()
        .startsWith("some.env line 1 has a # inside its value");
  }

  @ParameterizedTest
  @ValueSource(strings = {"#x", " # x"})
  void refusesACommentForAValue(String value) throws IOException {
    assertThat(problems("SLUICE_QUEUE=" + value))
        .singleElement()
        .asString()
        .startsWith("some.env line 1 has a comment for its value");
  }

  @Test
  void refusesAKeyThatIsThereTwice() throws IOException {
    assertThat(problems("SLUICE_QUEUE=a\nSLUICE_LANES=1\nexport SLUICE_QUEUE=a"))
        .containsExactly("some.env line 3 sets SLUICE_QUEUE again, after line 1: leave one out.");
  }

  @Test
  void doesNotJudgeTheValuesOfOthers() throws IOException {
    assertThat(problems("OTHER=\"$a#b\"\nOTHER=c")).isEmpty();
  }

  @Test
  void wantsAFileThatWasNamedAndNoOther() {
    Path missing = folder.resolve("nope.env");

    DotEnvFile.read(missing, false, problems);
    assertThat(problems).isEmpty();
    DotEnvFile.read(missing, true, problems);
    assertThat(problems)
        .containsExactly("The settings file " + missing + " does not exist: check the path.");
  }

  @Test
  void saysWhyAFileCannotBeRead() throws IOException {
    DotEnvFile.read(folder, true, problems);
    DotEnvFile.read(
        file("SLUICE_QUEUE=caf\u00e9".getBytes(StandardCharsets.ISO_8859_1)), true, problems);
    DotEnvFile.read(file("SLUICE_QUEUE=a\n".getBytes(StandardCharsets.UTF_16)), true, problems);
    DotEnvFile.read(file(new byte[] {1, 2, 0, 3}), true, problems);
    DotEnvFile.read(Path.of("/"), false, problems);

    assertThat(problems)
        .satisfiesExactly(
            problem ->
                assertThat(problem).contains(folder + " is a directory: name the file in it"),
            problem -> assertThat(problem).contains("some.env is not in UTF-8: save it as UTF-8."),
            problem -> assertThat(problem).contains("some.env is not in UTF-8: save it as UTF-8."),
            problem -> assertThat(problem).contains("some.env is no text file"),
            problem -> assertThat(problem).contains("/ is a directory"));
  }

  @Test
  void saysThatAFileMayNotBeRead() throws IOException {
    Path closed = file("SLUICE_QUEUE=a\n".getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    Assumptions.assumeFalse(Files.isReadable(closed), "root may read everything");

    DotEnvFile.read(closed, true, problems);

    assertThat(problems).singleElement().asString().contains("may not be read by this user");
  }
}
