package dev.sluice.target.opensearch;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.MarkerSweep;
import dev.sluice.consume.NewestStates;
import dev.sluice.consume.Target;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps indices of OpenSearch or Elasticsearch in step.
 *
 * <p>There are no transactions, so all is done in an order in which it can be done again: what a
 * batch has half done changes nothing when the whole comes once more. A delete leaves a document as
 * its marker, since the server forgets the versions of what is deleted after a minute.
 */
public final class OpenSearchTarget implements Target, NewestStates.Store {
  private static final Logger log = LoggerFactory.getLogger(OpenSearchTarget.class);

  private final CollectionsIndex collections;
  private final Indices indices;
  private final StateWriter writer;
  private final OlderStates older;
  private final MarkerSweep markers;

  private OpenSearchTarget(Server server, OpenSearchParameters parameters) {
    this.collections = new CollectionsIndex(server, parameters.names().pattern());
    this.indices = new Indices(server, parameters.names(), collections);
    this.writer = new StateWriter(server, indices);
    this.older = new OlderStates(server, writer);
    this.markers = new MarkerSweep(parameters.markers());
    collections.prepare();
  }

  /**
   * What opens it; all that are opened share their connections.
   *
   * @throws dev.sluice.consume.TargetException if whom to trust cannot be read
   */
  public static Target.Opener opener(OpenSearchParameters parameters) {
    Server server = new Server(parameters);
    return () -> {
      String name = server.identify();
      log.info("{} at {}", name, parameters.address());
      return new OpenSearchTarget(server, parameters);
    };
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
    String floor = floor(collection);
    String ofDatabase = floor(new Namespace(collection.database(), null));
    String effective = floor.compareTo(ofDatabase) >= 0 ? floor : ofDatabase;
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

  /** But for what the rename at this position has brought, in a try that then broke off. */
  @Override
  public void clear(Namespace collection, String below) {
    if (indices.isThere(collection) && !collections.isFilled(collection, below)) {
      older.remove(indices.prepare(collection), below);
    }
  }

  /**
   * Copies all before it removes anything, and notes that in between: whenever this breaks off, the
   * next try has all of it in one of the two places.
   */
  @Override
  public void move(Namespace from, Namespace to, String below) {
    if (!indices.isThere(from)) {
      return;
    }
    if (!collections.isFilled(to, below)) {
      older.copy(indices.prepare(from), indices.prepare(to), below);
      collections.fill(to, below);
    }
    older.remove(indices.prepare(from), below);
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
