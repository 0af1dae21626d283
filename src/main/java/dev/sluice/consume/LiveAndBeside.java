package dev.sluice.consume;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Rebuildable.Rebuild;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The live target, and the one beside it as long as a rebuild is under way: a batch is applied to
 * both. At the end of the snapshot the two are swapped. For one thread.
 */
final class LiveAndBeside implements Target {
  private static final Logger log = LoggerFactory.getLogger(LiveAndBeside.class);

  private final Rebuilding rebuilding;
  private final Rebuildable store;
  private final RebuildSnapshot snapshot;

  /** Null behind {@link #close}. */
  private Target live;

  /** Null as long as nothing is rebuilt. */
  private Target beside;

  private boolean knowsWhatIsBegun;

  LiveAndBeside(Rebuilding rebuilding, Rebuildable store, RebuildSnapshot snapshot) {
    this.rebuilding = rebuilding;
    this.store = store;
    this.snapshot = snapshot;
    this.live = store.open();
  }

  @Override
  public void begin() {
    if (!knowsWhatIsBegun) {
      if (!rebuilding.isOver()) {
        findOrBegin();
      }
      knowsWhatIsBegun = true;
    }
  }

  private void findOrBegin() {
    Optional<Rebuild> any = store.rebuild();
    rebuilding.requireOurs(any);
    Optional<Rebuild> begun = any.filter(rebuilding::isWanted);
    if (begun.filter(Rebuild::isDone).isPresent()) {
      rebuilding.isOverFromNowOn();
      log.info(
          "Nothing is rebuilt: the snapshot {} has filled the target as it is wanted. To have it"
              + " filled once more, start once without --rebuild",
          begun.get().request());
      return;
    }
    List<Namespace> collections = rebuilding.collections();
    if (collections.isEmpty()) {
      rebuilding.isOverFromNowOn();
      // For another layout: from here on it would miss what is applied.
      any.filter(rebuilding::isOfOurQueue).ifPresent(ours -> store.discard());
      log.warn(
          "Nothing is rebuilt: the target has no collection that the pipeline watches. Name one by"
              + " --collection");
      return;
    }
    goOn(begun.map(Rebuild::request).orElseGet(this::beginAnew), collections, begun.isPresent());
  }

  /** First it is made, then asked for: what is published behind the request goes there. */
  private String beginAnew() {
    String request = snapshot.newRequest();
    rebuilding.make(request);
    return request;
  }

  private void goOn(String request, List<Namespace> collections, boolean again) {
    snapshot.ask(request, collections, again);
    beside = store.openBeside();
    snapshot.begin(request, collections, again);
  }

  @Override
  public void apply(Batch batch) {
    begin();
    live.apply(batch);
    if (beside == null) {
      return;
    }
    if (snapshot.isInVain()) {
      discard();
      return;
    }
    Batch concerned = concerned(batch);
    if (!concerned.isEmpty()) {
      applyBeside(concerned);
    }
    for (Event event : batch.events()) {
      lookForEnd(event);
    }
  }

  private void applyBeside(Batch concerned) {
    try {
      beside.apply(concerned);
      snapshot.count(concerned.events().size());
    } catch (TargetException failure) {
      if (failure.kind() == TargetException.Kind.UNUSABLE
          && store
              .rebuild()
              .filter(each -> rebuilding.isWanted(each) && !each.isDone())
              .isEmpty()) {
        throw TargetException.unavailable(
            "Another consumer of the queue has ended the rebuild", failure);
      }
      throw failure;
    }
  }

  /** Changes of other collections would make tables there for nothing. */
  private Batch concerned(Batch batch) {
    List<Namespace> collections = snapshot.collections();
    return new Batch(
        batch.events().stream()
            .filter(
                event -> !event.type().isOnDocument() || collections.contains(event.namespace()))
            .toList());
  }

  private void lookForEnd(Event event) {
    boolean completed = event.type() == EventType.SNAPSHOT_COMPLETED;
    if (beside == null || !completed && event.type() != EventType.SNAPSHOT_ABANDONED) {
      return;
    }
    SnapshotEnd end = SnapshotEnd.of(event);
    if (!end.id().equals(snapshot.request())) {
      return;
    }
    if (completed && end.whole()) {
      swap(end);
    } else {
      abandon(end);
    }
  }

  private void swap(SnapshotEnd end) {
    String request = snapshot.request();
    List<Namespace> collections = snapshot.collections();
    List<Namespace> whole = end.namespaces().stream().filter(collections::contains).toList();
    close();
    List<Namespace> swapped = store.swap(whole, end.from());
    rebuilding.isOverFromNowOn();
    snapshot.end();
    log.info(
        "Rebuilt and live now: {}, by the snapshot {} with {} documents and changes",
        swapped,
        request,
        snapshot.documents());
    List<Namespace> left = new ArrayList<>(collections);
    left.removeAll(swapped);
    if (!left.isEmpty()) {
      log.warn("Not rebuilt, as they are not there any more, or others by their names: {}", left);
    }
    live = store.open();
  }

  /** Of some of the collections; the others go on. */
  private void abandon(SnapshotEnd end) {
    List<Namespace> left = new ArrayList<>(snapshot.collections());
    left.removeAll(end.namespaces());
    if (left.isEmpty()) {
      log.warn(
          "The rebuild ends without having been: the snapshot {} was abandoned. The target goes on"
              + " as it is",
          snapshot.request());
      discard();
    } else {
      log.warn("{} are not rebuilt: dropped, renamed or cancelled meanwhile", end.namespaces());
      snapshot.narrowTo(left);
    }
  }

  private void discard() {
    beside.close();
    beside = null;
    store.discard();
    snapshot.end();
    rebuilding.isOverFromNowOn();
  }

  @Override
  public void close() {
    if (beside != null) {
      beside.close();
      beside = null;
    }
    if (live != null) {
      live.close();
      live = null;
    }
  }
}
