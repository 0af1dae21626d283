package dev.sluice.cli;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.consume.Batch;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetUri;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchCommandTest {
  private static final Pattern QUESTION =
      Pattern.compile(
          "^\\$ java -jar target/sluice\\.jar search ('.*?'|\".*?\") --on \\S+( --json| --csv)?\n"
              + "((?:(?!\\$ |```).*\n)*)",
          Pattern.MULTILINE);

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int search(String question, String... options) {
    return search(question, directory, options);
  }

  private int search(String question, Path index, String... options) {
    out.getBuffer().setLength(0);
    List<String> line = new ArrayList<>(List.of("search", question, "--on", index.toString()));
    line.addAll(List.of(options));
    return SluiceCommand.execute(
        new Console(Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), false),
        line.toArray(String[]::new));
  }

  private static String play(String word, String player, int score) {
    return "{\"word\": \"" + word + "\", \"player\": \"" + player + "\", \"score\": " + score + "}";
  }

  private void keep() {
    try (Target target = Targets.opener(TargetUri.parse("lucene:" + directory)).open()) {
      target.apply(
          new Batch(
              List.of(
                  insert(PLAYS, key(1), position(1), play("QUIZ", "Mia", 24)),
                  insert(PLAYS, key(2), position(2), play("RIVER", "Tom", 9)),
                  insert(PLAYS, key(3), position(3), play("QUEEN", "Tom", 14)))));
    }
  }

  @Test
  void answersTheQuestionsOfTheDocumentsAsTheySay() throws Exception {
    keep();
    int questions = 0;
    for (String document : List.of("README.md", "docs/targets/LUCENE.md")) {
      Matcher matcher = QUESTION.matcher(Files.readString(Path.of(document)));
      while (matcher.find()) {
        String quoted = matcher.group(1);
        String[] form =
            matcher.group(2) == null ? new String[0] : new String[] {matcher.group(2).strip()};
        assertThat(search(quoted.substring(1, quoted.length() - 1), form))
            .as(quoted + err)
            .isZero();
        assertThat(out.toString().replace("\r", "")).as(quoted).isEqualTo(matcher.group(3));
        questions++;
      }
    }

    assertThat(questions).isGreaterThanOrEqualTo(4);
  }

  @Test
  void givesAsManyAsAreWantedOfTheCollectionThatIsWanted() {
    keep();
    assertThat(search("*:*", "--limit", "2", "--csv", "--collection", "plays")).isZero();
    assertThat(out.toString().lines()).hasSize(3);
    assertThat(search("*:*", "--csv", "--collection", "players")).isZero();
    assertThat(out.toString().lines()).containsExactly("collection,_id,document");
    assertThat(search("*:*", "--limit", "0")).isEqualTo(ExitCode.WRONG_SETTINGS);
    assertThat(err.toString()).contains("--limit is a number from 1 on");
  }

  @Test
  void saysWhatIsWrong() {
    keep();
    assertThat(search("word:[1 TO")).isEqualTo(ExitCode.MISCONFIGURED);
    assertThat(err.toString()).contains("Lucene's query language");
    assertThat(search("quiz", directory.resolve("none"))).isEqualTo(ExitCode.MISCONFIGURED);
    assertThat(err.toString()).contains("There is no index in");
    assertThat(Files.exists(directory.resolve("none"))).as("asking makes none").isFalse();
  }
}
