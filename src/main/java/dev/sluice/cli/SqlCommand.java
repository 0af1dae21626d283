package dev.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Answers a question in SQL from what a consumer keeps. The drivers lie in a jar of their own. */
@Command(
    name = "sql",
    description = {
      "Answers a question in SQL from a file that sluice consume keeps: of SQLite, also while it is"
          + " being written, or of DuckDB; of JSON Lines, CSV and Parquet as the table events.",
      "The tables: docs/targets/TABLES.md."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class SqlCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "QUESTION", description = "In the SQL of that database.")
  private String question;

  @Option(
      names = "--on",
      required = true,
      paramLabel = "FILE",
      description = "Such as plays.db, plays.duckdb, plays.jsonl or 'plays-*.jsonl'.")
  private String file;

  @ArgGroup private AnswerForm form = new AnswerForm();

  SqlCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try {
      new Question(question, file).answer(form.rows(console));
      return ExitCode.OK;
    } catch (NoClassDefFoundError missing) {
      console
          .err()
          .println(
              "sluice: The drivers are not there: put sluice-consumers.jar and sluice-duckdb.jar"
                  + " beside sluice.jar ("
                  + missing.getMessage()
                  + ").");
      return ExitCode.MISCONFIGURED;
    }
  }
}
