package dev.sluice.consume;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.change.Namespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * What the end of a snapshot says. Whoever has applied all up to it may remove each document of
 * these namespaces whose stored position is less than {@code from}: the snapshot did not hold it.
 *
 * @param from the position at which the snapshot began
 * @param whole whether it held all documents; false if it was filtered, and then nothing may be
 *     removed
 */
public record SnapshotEnd(String id, List<Namespace> namespaces, String from, boolean whole) {
  public SnapshotEnd {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(from, "from");
    namespaces = List.copyOf(namespaces);
  }

  /** Of a {@link EventType#SNAPSHOT_COMPLETED}. */
  public static SnapshotEnd of(Event event) {
    JsonNode snapshot = event.details().get("snapshot").tree();
    List<Namespace> namespaces = new ArrayList<>();
    for (JsonNode each : snapshot.path("namespaces")) {
      // A collection's name may have dots, a database's has none.
      String name = each.asText();
      int dot = name.indexOf('.');
      namespaces.add(new Namespace(name.substring(0, dot), name.substring(dot + 1)));
    }
    return new SnapshotEnd(
        snapshot.path("id").asText(),
        namespaces,
        snapshot.path("from").asText(),
        !snapshot.path("filtered").asBoolean(true));
  }
}
