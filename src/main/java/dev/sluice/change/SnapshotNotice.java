package dev.sluice.change;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * That a snapshot begins or ends: what is there between the two and is no change, belongs to it.
 *
 * @param snapshot its name
 * @param namespaces the collections that this is said of
 * @param from where the snapshot began: nothing in it was read, and no change of it left out, that
 *     is before this
 * @param filtered whether it reads only a part of each collection
 * @param documents how many it has read and published
 * @param leftOut how many it has read and not published, because a newer change of them had been
 *     published already
 * @param reason one sentence where it was given up; else empty
 * @param order where it stands in the order of all changes
 * @param position where the stream and the snapshot go on behind it
 */
public record SnapshotNotice(
    Kind kind,
    String snapshot,
    List<Namespace> namespaces,
    ChangePosition from,
    boolean filtered,
    long documents,
    long leftOut,
    Optional<String> reason,
    ChangePosition order,
    Position position)
    implements Change {
  /** What is said of the snapshot. */
  public enum Kind {
    STARTED("snapshot-started"),
    /** All that was there has been published, or is by a newer change. */
    COMPLETED("snapshot-completed"),
    /** The collections are gone, or somebody wanted it to end. */
    ABANDONED("snapshot-abandoned");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /** As it stands in the published event. */
    public String text() {
      return text;
    }
  }

  public SnapshotNotice {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(snapshot, "snapshot");
    namespaces = List.copyOf(namespaces);
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(order, "order");
    Objects.requireNonNull(position, "position");
  }

  @Override
  public EventId id() {
    return EventId.of(this);
  }

  @Override
  public int sizeBytes() {
    return namespaces.stream().mapToInt(each -> each.toString().length()).sum();
  }

  /** It waits for all that is before it, and all that is behind it waits for it. */
  @Override
  public long documentHash() {
    return EVERY_DOCUMENT;
  }

  @Override
  public long collectionHash() {
    return EVERY_COLLECTION;
  }
}
