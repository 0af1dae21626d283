package dev.sluice.cli;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.consume.Batch;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetUri;
import dev.sluice.testing.BuiltProgram;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlCommandTest {
  private static final Pattern QUESTION =
      Pattern.compile(
          "^\\$ java -jar target/sluice\\.jar sql \"(.*)\" --on (\\S+)( --json| --csv)?\n"
              + "((?:(?!\\$ |```).*\n)*)",
          Pattern.MULTILINE);

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int sql(String question, String file, String... options) {
    out.getBuffer().setLength(0);
    String[] line = new String[4 + options.length];
    System.arraycopy(new String[] {"sql", question, "--on", in(file)}, 0, line, 0, 4);
    System.arraycopy(options, 0, line, 4, options.length);
    return SluiceCommand.execute(
        new Console(Map.of(), new PrintWriter(out, true), new PrintWriter(err, true), false), line);
  }

  private String in(String file) {
    return directory.resolve(file).toString();
  }

  private static String play(String word, String player, int score) {
    return "{\"word\": \"" + word + "\", \"player\": \"" + player + "\", \"score\": " + score + "}";
  }

  private Target target(String scheme, String file) {
    String parameters = scheme.equals("file") ? "" : "?history=true";
    return Targets.opener(TargetUri.parse(scheme + ":" + in(file) + parameters)).open();
  }

  private static void write(Target target) {
    target.apply(
        new Batch(
            List.of(
                insert(PLAYS, key(1), position(1), play("QUIZ", "Mia", 22)),
                insert(PLAYS, key(2), position(2), play("RIVER", "Tom", 8)),
                insert(PLAYS, key(3), position(3), play("QUIZ", "Tom", 22)),
                update(PLAYS, key(2), position(4), play("RIVER", "Tom", 9)),
                update(PLAYS, key(3), position(5), play("QUIZ", "Tom", 44)),
                update(PLAYS, key(1), position(6), play("QUIZ", "Mia", 24)),
                insert(PLAYS, key(4), position(7), play("ZEBRA", "Mia", 16)),
                delete(PLAYS, key(4), position(8)))));
  }

  private void keep(String scheme, String file) {
    try (Target target = target(scheme, file)) {
      write(target);
    }
  }

  @Test
  void answersTheQuestionsOfTheDocumentsAsTheySay() throws Exception {
    keep("duckdb", "plays.duckdb");
    keep("jdbc:sqlite", "plays.db");
    keep("file", "plays.jsonl");
    int questions = 0;
    for (String document : List.of("README.md", "docs/targets/QUESTIONS.md")) {
      Matcher matcher = QUESTION.matcher(Files.readString(Path.of(document)));
      while (matcher.find()) {
        String question =
            matcher.group(1).replace("'plays.parquet'", "'" + in("plays.parquet") + "'");
        String[] form =
            matcher.group(3) == null ? new String[0] : new String[] {matcher.group(3).strip()};
        assertThat(sql(question, matcher.group(2), form)).as(question + err).isZero();
        assertThat(out.toString().replace("\r", "")).as(question).isEqualTo(matcher.group(4));
        questions++;
      }
    }

    assertThat(questions).isGreaterThanOrEqualTo(6);
  }

  @Test
  void answersFromSqliteWhileItIsBeingWritten() {
    try (Target target = target("jdbc:sqlite", "plays.db")) {
      write(target);
      assertThat(sql("select count(*) as n from plays", "plays.db", "--json")).isZero();
      assertThat(out).hasToString("{\"n\":3}" + System.lineSeparator());
      assertThat(sql("delete from plays_rows", "plays.db")).isEqualTo(ExitCode.MISCONFIGURED);
      assertThat(err.toString()).contains("readonly");
    }
  }

  @Test
  void passesOverALineOfJsonThatIsOnItsWay() throws Exception {
    keep("file", "plays.jsonl");
    Files.writeString(
        directory.resolve("plays.jsonl"), "{\"eventId\": \"00", StandardOpenOption.APPEND);
    assertThat(sql("select count(*) as n from events", "play*.jsonl", "--csv")).isZero();
    assertThat(out).hasToString("n\r\n8\r\n");
  }

  @Test
  void saysWhoWritesADuckDbFileAndWhatToDo() throws Exception {
    keep("duckdb", "plays.duckdb");
    Path log = directory.resolve("log");
    Process holder =
        BuiltProgram.start(
            "dev.sluice.testing.FileHolder", Map.of("FILE", in("plays.duckdb")), directory, log);
    try {
      await().until(() -> Files.readString(log).contains("locked"));
      assertThat(sql("select 1", "plays.duckdb")).isEqualTo(ExitCode.MISCONFIGURED);
      assertThat(err.toString())
          .contains("is being written by the process " + holder.pid(), "SQLite file or JSON Lines");
    } finally {
      holder.destroyForcibly().waitFor();
    }
  }

  @Test
  void saysWhatIsWrong() throws Exception {
    Files.writeString(directory.resolve("notes.txt"), "no database");
    assertThat(sql("select 1", "none.db")).isEqualTo(ExitCode.MISCONFIGURED);
    assertThat(err.toString()).contains("There is no file").contains("none.db");
    assertThat(sql("select 1", "notes.txt")).isEqualTo(ExitCode.MISCONFIGURED);
    assertThat(err.toString()).contains("is no database of SQLite or DuckDB");
    keep("duckdb", "plays.duckdb");
    assertThat(sql("select nothing", "plays.duckdb")).isEqualTo(ExitCode.MISCONFIGURED);
    assertThat(err.toString()).contains("Binder Error");
    assertThat(sql("delete from plays_rows", "plays.duckdb")).isEqualTo(ExitCode.MISCONFIGURED);
    assertThat(err.toString()).contains("read-only");
    assertThat(sql("select 1", "plays.duckdb", "--json", "--csv")).isEqualTo(2);
  }

  @Test
  void writesValuesOfEachKindInEachForm() {
    keep("duckdb", "plays.duckdb");
    String question =
        "select 1.50 as a, true as b, null as c, 'say \"ä\", ' || chr(10) || 'x' as d, '' as e,"
            + " timestamp '2026-11-20 10:00:00' as f";
    assertThat(sql(question, "plays.duckdb", "--json")).isZero();
    assertThat(out.toString().strip())
        .isEqualTo(
            "{\"a\":1.50,\"b\":true,\"c\":null,\"d\":\"say \\\"ä\\\", \\nx\",\"e\":\"\","
                + "\"f\":\"2026-11-20 10:00:00\"}");
    assertThat(sql(question, "plays.duckdb", "--csv")).isZero();
    assertThat(out)
        .hasToString(
            "a,b,c,d,e,f\r\n1.50,true,,\"say \"\"ä\"\", \nx\",\"\",2026-11-20 10:00:00\r\n");
    assertThat(sql(question, "plays.duckdb")).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            "   a  b     c  d            e  f",
            "1.50  true     say \"ä\",  x     2026-11-20 10:00:00");
  }
}
