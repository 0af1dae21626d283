package dev.sluice.cli;

import picocli.CommandLine.Option;

/** How an answer is written, as the command line says. */
final class AnswerForm {
  @Option(names = "--json", description = "An object of JSON for each row, instead of a table.")
  private boolean json;

  @Option(names = "--csv", description = "CSV with a line of names, instead of a table.")
  private boolean csv;

  RowForm rows(Console console) {
    if (json) {
      return new JsonRows(console.out());
    }
    return csv ? new CsvRows(console.out()) : new TableRows(console.out());
  }
}
