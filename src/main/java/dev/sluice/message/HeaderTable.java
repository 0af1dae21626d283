package dev.sluice.message;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;

/**
 * The headers of a message, in the order in which they are written: the table of AMQP. A map that
 * nobody can change, for the handful of entries that a message has: it is one array beside the
 * names, which messages share, and {@link #forEach} walks through it without making anything.
 */
final class HeaderTable extends AbstractMap<String, Object> {
  private final String[] names;
  private final Object[] values;

  private HeaderTable(String[] names, Object[] values) {
    this.names = names;
    this.values = values;
  }

  /**
   * @param names all different; shared, so never to be written to
   * @param values of each name one, none of them null; not copied
   */
  static HeaderTable of(String[] names, Object... values) {
    return new HeaderTable(names, values);
  }

  /** The same entries; the map itself if it is a table already. */
  static HeaderTable copyOf(Map<String, Object> headers) {
    if (headers instanceof HeaderTable table) {
      return table;
    }
    String[] names = new String[headers.size()];
    Object[] values = new Object[names.length];
    int count = 0;
    for (Map.Entry<String, Object> header : headers.entrySet()) {
      names[count] = Objects.requireNonNull(header.getKey(), "the name of a header");
      values[count++] = Objects.requireNonNull(header.getValue(), "the value of a header");
    }
    return new HeaderTable(names, values);
  }

  @Override
  public void forEach(BiConsumer<? super String, ? super Object> action) {
    for (int i = 0; i < names.length; i++) {
      action.accept(names[i], values[i]);
    }
  }

  @Override
  public Object get(Object name) {
    for (int i = 0; i < names.length; i++) {
      if (names[i].equals(name)) {
        return values[i];
      }
    }
    return null;
  }

  @Override
  public boolean containsKey(Object name) {
    return get(name) != null;
  }

  @Override
  public int size() {
    return names.length;
  }

  @Override
  public Set<Map.Entry<String, Object>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public Iterator<Map.Entry<String, Object>> iterator() {
        return IntStream.range(0, names.length)
            .mapToObj(i -> Map.entry(names[i], values[i]))
            .iterator();
      }

      @Override
      public int size() {
        return names.length;
      }
    };
  }
}
