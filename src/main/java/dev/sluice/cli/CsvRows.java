package dev.sluice.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/** CSV as RFC 4180 has it, with a line of names; null is empty, and an empty text is {@code ""}. */
final class CsvRows implements RowForm {
  private final PrintWriter out;

  CsvRows(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void begin(List<String> names) {
    line(names);
  }

  @Override
  public void row(List<Object> values) {
    line(values);
  }

  private void line(List<?> values) {
    out.print(values.stream().map(CsvRows::cell).collect(Collectors.joining(",")));
    out.print("\r\n");
  }

  private static String cell(Object value) {
    if (value == null) {
      return "";
    }
    String text = value.toString();
    boolean plain = !text.isEmpty() && text.chars().noneMatch(c -> "\",\r\n".indexOf(c) >= 0);
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  @Override
  public void end() {
    out.flush();
  }
}
