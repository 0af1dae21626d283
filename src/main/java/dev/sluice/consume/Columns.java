package dev.sluice.consume;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The declared columns of a target, and how many values did not fit them. The first of each column
 * is logged; the rest is counted. For one thread.
 */
public final class Columns {
  private static final Logger log = LoggerFactory.getLogger(Columns.class);

  private final List<Column> all;
  private final Map<String, Long> misfits = new HashMap<>();

  public Columns(List<Column> all) {
    this.all = List.copyOf(all);
  }

  public List<Column> all() {
    return all;
  }

  /**
   * The values for an event in the columns' order, each of its column's Java type; null where there
   * is none, where it does not fit, and where the event has no document.
   */
  public Object[] of(Event event) {
    Object[] values = new Object[all.size()];
    if (values.length > 0 && event.document() != null) {
      JsonNode document = event.document().parsed();
      for (int i = 0; i < values.length; i++) {
        values[i] = value(all.get(i), document, event);
      }
    }
    return values;
  }

  private Object value(Column column, JsonNode document, Event event) {
    Column.Value value = column.in(document);
    if (value instanceof Column.Value.Fitting fitting) {
      return fitting.value();
    }
    if (value instanceof Column.Value.Misfit && misfits.merge(column.name(), 1L, Long::sum) == 1) {
      log.warn(
          "A value does not fit the column {} of type {} and is null there (the document still has"
              + " it; more are counted, not logged): {}",
          column.name(),
          column.type(),
          event);
    }
    return null;
  }

  /** How many values did not fit, by column; columns without any are missing. */
  public Map<String, Long> misfits() {
    return Map.copyOf(misfits);
  }
}
