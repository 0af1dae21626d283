package dev.sluice.consume;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.change.ChangePosition;
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
    if (!ChangePosition.isText(from)) {
      throw new IllegalArgumentException("its snapshot does not say from which position it is");
    }
    namespaces = List.copyOf(namespaces);
  }

  /**
   * Of a {@link EventType#SNAPSHOT_COMPLETED} or a {@link EventType#SNAPSHOT_ABANDONED}.
   *
   * @throws IllegalArgumentException if it does not say that; none that has been read
   */
  public static SnapshotEnd of(Event event) {
    Json detail = event.details().get("snapshot");
    if (detail == null) {
      throw new IllegalArgumentException("it does not say of which snapshot it is");
    }
    JsonNode snapshot = detail.tree();
    List<Namespace> namespaces = new ArrayList<>();
    for (JsonNode each : snapshot.path("namespaces")) {
      namespaces.add(namespace(each.asText()));
    }
    return new SnapshotEnd(
        snapshot.path("id").asText(),
        namespaces,
        snapshot.path("from").asText(),
        !snapshot.path("filtered").asBoolean(true));
  }

  /** A collection's name may have dots, a database's has none. */
  private static Namespace namespace(String name) {
    int dot = name.indexOf('.');
    if (dot <= 0 || dot == name.length() - 1) {
      throw new IllegalArgumentException("its snapshot has a namespace that is none");
    }
    return new Namespace(name.substring(0, dot), name.substring(dot + 1));
  }
}
