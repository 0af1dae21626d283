package dev.sluice.cli;

import java.util.List;

/** How rows are written; for one answer, by one thread. */
interface RowForm {
  void begin(List<String> names);

  /**
   * @param values numbers, booleans, texts and nulls
   */
  void row(List<Object> values);

  void end();
}
