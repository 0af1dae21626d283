package dev.sluice.cli;

import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Verdict;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;

/** Shows findings: a line each as they come, or one line of JSON behind them all. */
final class FindingLines {
  /** The longest name of a check, and a blank. */
  private static final int NAMES = 21;

  private final PrintWriter out;
  private final boolean colours;
  private final boolean json;
  private final List<Finding> all = new ArrayList<>();

  FindingLines(PrintWriter out, boolean colours, boolean json) {
    this.out = out;
    this.colours = colours;
    this.json = json;
  }

  void add(Finding finding) {
    all.add(finding);
    if (!json) {
      out.println(line(finding));
      finding.details().forEach(detail -> out.println(" ".repeat(9) + detail));
      out.flush();
    }
  }

  private String line(Finding finding) {
    String verdict = String.format("%-8s", finding.verdict().text());
    return (colours ? colour(finding.verdict()) + verdict + "\u001b[0m" : verdict)
        + " "
        + String.format("%-" + NAMES + "s", finding.check())
        + finding.sentence();
  }

  private static String colour(Verdict verdict) {
    return switch (verdict) {
      case OK -> "\u001b[32m";
      case SKIPPED -> "\u001b[36m";
      case WARNING -> "\u001b[33m";
      case FAILURE -> "\u001b[31m";
    };
  }

  Verdict worst() {
    return all.stream().map(Finding::verdict).reduce(Verdict.OK, Verdict::orWorse);
  }

  void end() {
    if (json) {
      out.println(document().toJson());
    }
  }

  private BsonDocument document() {
    return new BsonDocument("verdict", new BsonString(worst().text()))
        .append(
            "findings",
            new BsonArray(all.stream().map(FindingLines::document).collect(Collectors.toList())));
  }

  private static BsonDocument document(Finding finding) {
    return new BsonDocument("check", new BsonString(finding.check()))
        .append("verdict", new BsonString(finding.verdict().text()))
        .append("says", new BsonString(finding.sentence()))
        .append("details", new BsonArray(finding.details().stream().map(BsonString::new).toList()));
  }
}
