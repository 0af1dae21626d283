package dev.sluice.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Searches an index that a consumer keeps. Lucene lies in a jar of its own. */
@Command(
    name = "search",
    description = {
      "Searches an index that sluice consume --to lucene:DIRECTORY keeps, also while it is being"
          + " written.",
      "A question is written in Lucene's query language: QUIZ, word:QU*, score:[10 TO 30], player.name:Mia"
          + " AND NOT word:RIVER. docs/targets/LUCENE.md has more."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
final class SearchCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "QUESTION", description = "In Lucene's query language.")
  private String question;

  @Option(
      names = "--on",
      required = true,
      paramLabel = "DIRECTORY",
      description = "Where the index lies.")
  private String directory;

  @Option(
      names = "--collection",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Of this collection alone, such as plays or scrabble.plays (default: of all).")
  private String collection;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "As many as that at the most (default: 20).")
  private int limit;

  @ArgGroup private AnswerForm form = new AnswerForm();

  SearchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if (limit < 1) {
      console.err().println("sluice: --limit is a number from 1 on.");
      return ExitCode.WRONG_SETTINGS;
    }
    try {
      new Search(question, directory, collection, limit).answer(form.rows(console));
      return ExitCode.OK;
    } catch (NoClassDefFoundError missing) {
      console
          .err()
          .println(
              "sluice: Lucene is not there: put sluice-consumers.jar beside sluice.jar ("
                  + missing.getMessage()
                  + ").");
      return ExitCode.MISCONFIGURED;
    }
  }
}
