package dev.sluice.target.opensearch;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.MarkerSweep;
import dev.sluice.consume.NewestStates;
import dev.sluice.consume.Target;
import java.time.Duration;
import java.util.List;

/**
 * Keeps indices of OpenSearch or Elasticsearch in step.
 *
 * <p>There are no transactions, so all is done in an order in which it can be done again: what a
 * batch has half done changes nothing when the whole comes once more. A delete leaves a document as
 * its marker, since the server forgets the versions of what is deleted after a minute.
 */
final class OpenSearchTarget implements Target, NewestStates.Store {
  private final CollectionsIndex collections;
  private final Indices indices;
  private final StateWriter writer;
  private final OlderStates older;
  private final MarkerSweep markers;

  OpenSearchTarget(Server server, CollectionsIndex collections, Indices indices, Duration markers) {
    this.collections = collections;
    this.indices = indices;
    this.writer = new StateWriter(server, indices);
    this.older = new OlderStates(server, writer);
    this.markers = new MarkerSweep(markers);
    collections.prepare();
  }

  @Override
  public void apply(Batch batch) {
    NewestStates.apply(batch, this);
    markers.below(batch).ifPresent(this::removeMarkers);
  }

  /**
   * Writes, and looks at the floor once more: another consumer may have dropped the collection in
   * between. A floor is raised before anything is removed, so one of the two removes this.
   */
  @Override
  public void write(Namespace collection, List<Event> newest) {
    writer.write(indices.prepare(collection), newest.stream().map(State::of).toList());
    String effective = collections.effectiveFloor(collection);
    if (newest.stream().anyMatch(event -> event.position().compareTo(effective) < 0)) {
      older.remove(indices.prepare(collection), effective);
    }
  }

  @Override
  public String floor(Namespace namespace) {
    return collections.floor(namespace);
  }

  @Override
  public void setFloor(Namespace namespace, String position) {
    collections.raise(namespace, position);
  }

  /** There may always be: another consumer may be about to write it. */
  @Override
  public boolean holds(Namespace collection) {
    return true;
  }

  @Override
  public void clear(Namespace collection, String below) {
    if (indices.isThere(collection)) {
      older.remove(indices.prepare(collection), below);
    }
  }

  /**
   * Copies all before it removes anything: whenever this breaks off, the next try finds each in one
   * of the two places at least, and copies what is left.
   */
  @Override
  public void move(Namespace from, Namespace to, String below) {
    if (indices.isThere(from)) {
      older.copy(indices.prepare(from), indices.prepare(to), below);
      older.remove(indices.prepare(from), below);
    }
  }

  @Override
  public List<Namespace> collections(String database) {
    return collections.collections(database);
  }

  private void removeMarkers(String below) {
    for (Namespace each : collections.collections(null)) {
      if (indices.isThere(each)) {
        older.removeMarkers(indices.prepare(each), below);
      }
    }
  }

  @Override
  public void close() {
    // What is shared goes on; each request has ended.
  }
}
