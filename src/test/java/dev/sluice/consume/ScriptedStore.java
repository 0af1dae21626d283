package dev.sluice.consume;

import dev.sluice.change.Namespace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A store in memory that can be rebuilt, and that dies where it is told to: before or behind any
 * step that it makes durable. What is durable is there for the next process.
 */
final class ScriptedStore {
  /** The process is gone. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** A document, or the marker of a delete, and by which layout it was written. */
  record Row(String position, String json, String layout) {}

  /** What one of the two has; never changed, but replaced as a whole. */
  static final class Side {
    final Map<Namespace, Map<DocumentKey, Row>> rows = new HashMap<>();
    final Map<Namespace, String> floors = new HashMap<>();

    Side copy() {
      Side copy = new Side();
      rows.forEach((namespace, all) -> copy.rows.put(namespace, new HashMap<>(all)));
      copy.floors.putAll(floors);
      return copy;
    }
  }

  /** Told when a process dies; false for one that lives. */
  private final BooleanSupplier dies;

  Side live = new Side();
  Side beside;
  Rebuildable.Rebuild rebuild;
  int swaps;

  ScriptedStore(BooleanSupplier dies) {
    this.dies = dies;
  }

  void step(Runnable durable) {
    if (dies.getAsBoolean()) {
      throw new Killed();
    }
    durable.run();
    if (dies.getAsBoolean()) {
      throw new Killed();
    }
  }

  /** The documents that anybody sees, with the layout by which each was written. */
  Map<String, String> documents(Namespace collection) {
    Map<String, String> documents = new TreeMap<>();
    live.rows
        .getOrDefault(collection, Map.of())
        .forEach(
            (key, row) -> {
              if (row.json() != null) {
                documents.put(key.id(), row.layout() + " " + row.json());
              }
            });
    return documents;
  }

  Rebuildable opened(String layout) {
    return new Opened(layout);
  }

  private final class Opened implements Rebuildable {
    private final String layout;

    Opened(String layout) {
      this.layout = layout;
    }

    @Override
    public Target open() {
      return new Target() {
        @Override
        public void apply(Batch batch) {
          Side next = applied(live, batch);
          step(() -> live = next);
        }

        @Override
        public void close() {}
      };
    }

    private Side applied(Side before, Batch batch) {
      Side next = before.copy();
      NewestStates.apply(batch, new InMemory(next, layout));
      return next;
    }

    @Override
    public Target openBeside() {
      return new Target() {
        @Override
        public void apply(Batch batch) {
          if (beside == null) {
            throw TargetException.unusable("There is no such table");
          }
          Side next = applied(beside, batch);
          step(() -> beside = next);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public List<Namespace> collections() {
      return List.copyOf(live.rows.keySet());
    }

    @Override
    public Optional<Rebuild> rebuild() {
      return Optional.ofNullable(rebuild);
    }

    @Override
    public void begin(String request, String queue, String wanted) {
      step(
          () -> {
            beside = new Side();
            rebuild = new Rebuild(request, queue, wanted, false);
          });
    }

    @Override
    public List<Namespace> swap(List<Namespace> collections, String from) {
      List<Namespace> swapped = new ArrayList<>();
      Side next = live.copy();
      for (Namespace each : collections) {
        if (beside.floors.getOrDefault(each, "").compareTo(from) <= 0) {
          next.rows.put(each, beside.rows.getOrDefault(each, Map.of()));
          swapped.add(each);
        }
      }
      step(
          () -> {
            live = next;
            beside = null;
            rebuild = new Rebuild(rebuild.request(), rebuild.queue(), rebuild.layout(), true);
            swaps++;
          });
      return swapped;
    }

    @Override
    public void discard() {
      step(
          () -> {
            beside = null;
            rebuild = null;
          });
    }
  }

  private record InMemory(Side side, String layout) implements NewestStates.Store {
    private Map<DocumentKey, Row> of(Namespace collection) {
      return side.rows.computeIfAbsent(collection, none -> new HashMap<>());
    }

    @Override
    public String floor(Namespace namespace) {
      return side.floors.getOrDefault(namespace, "");
    }

    @Override
    public void setFloor(Namespace namespace, String position) {
      side.floors.put(namespace, position);
    }

    @Override
    public void write(Namespace collection, List<Event> newest) {
      for (Event event : newest) {
        String json = event.document() == null ? null : event.document().text();
        of(collection)
            .merge(
                event.key(),
                new Row(event.position(), json, layout),
                (old, row) -> row.position().compareTo(old.position()) > 0 ? row : old);
      }
    }

    @Override
    public boolean holds(Namespace collection) {
      return side.rows.containsKey(collection);
    }

    @Override
    public void clear(Namespace collection, String below) {
      of(collection).values().removeIf(row -> row.position().compareTo(below) < 0);
    }

    @Override
    public void move(Namespace from, Namespace to, String below) {
      Map<DocumentKey, Row> older = new HashMap<>(of(from));
      older.values().removeIf(row -> row.position().compareTo(below) >= 0);
      of(to).putAll(older);
      clear(from, below);
    }

    @Override
    public List<Namespace> collections(String database) {
      return side.rows.keySet().stream().filter(each -> each.database().equals(database)).toList();
    }
  }
}
