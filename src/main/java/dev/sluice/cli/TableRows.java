package dev.sluice.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * A table for people: numbers to the right, all else to the left. The first rows say how wide a
 * column is, so an answer of any length needs no more memory than these.
 */
final class TableRows implements RowForm {
  private static final int MEASURED = 1_000;

  /** A document has no end; who wants all of it takes another form. */
  private static final int WIDEST = 80;

  private static final String GAP = "  ";

  private final PrintWriter out;
  private final List<List<Object>> waiting = new ArrayList<>();
  private List<String> names;
  private int[] widths;

  TableRows(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void begin(List<String> names) {
    this.names = names;
  }

  @Override
  public void row(List<Object> values) {
    if (widths != null) {
      print(values);
      return;
    }
    waiting.add(values);
    if (waiting.size() == MEASURED) {
      printWaiting();
    }
  }

  @Override
  public void end() {
    if (widths == null) {
      printWaiting();
    }
    out.flush();
  }

  private void printWaiting() {
    widths = new int[names.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = length(names.get(i));
      for (List<Object> row : waiting) {
        widths[i] = Math.max(widths[i], length(text(row.get(i))));
      }
    }
    List<Object> heads = new ArrayList<>();
    for (int i = 0; i < widths.length; i++) {
      heads.add(numeric(i) ? pad(widths[i] - length(names.get(i))) + names.get(i) : names.get(i));
    }
    print(heads);
    waiting.forEach(this::print);
    waiting.clear();
  }

  private boolean numeric(int column) {
    return !waiting.isEmpty() && waiting.get(0).get(column) instanceof Number;
  }

  private void print(List<Object> values) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < values.size(); i++) {
      String text = text(values.get(i));
      String pad = pad(widths[i] - length(text));
      line.append(i == 0 ? "" : GAP);
      line.append(values.get(i) instanceof Number ? pad + text : text + pad);
    }
    out.println(line.toString().stripTrailing());
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }

  private static String pad(int missing) {
    return " ".repeat(Math.max(0, missing));
  }

  /** On one line, and without what would change the terminal. */
  private static String text(Object value) {
    String text = value == null ? "" : value.toString().replaceAll("\\p{Cntrl}", " ");
    return length(text) <= WIDEST
        ? text
        : text.substring(0, text.offsetByCodePoints(0, WIDEST - 1)) + "…";
  }
}
