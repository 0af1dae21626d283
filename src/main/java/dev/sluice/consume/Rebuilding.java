package dev.sluice.consume;

import dev.sluice.change.Namespace;
import dev.sluice.consume.AskedSnapshots.Asked;
import dev.sluice.consume.Rebuildable.Rebuild;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills a second target beside the live one by a snapshot that it asks the pipeline for, and swaps
 * them. Until then each batch is applied to both, first to the live one, and is acknowledged behind
 * both.
 *
 * <p>Why the one beside is whole at the end of the snapshot: it is made, empty, before the snapshot
 * is asked for, by the consumer that gets all that is published from then on. So each change behind
 * the beginning of the snapshot is applied to it; and each document that has none is told of by a
 * read. That another consumer without a rebuild has taken messages meanwhile cannot be: it throws
 * away what is beside, see {@link Leftover}.
 *
 * <p>A target of it is for one thread, {@link #look} for any.
 */
public final class Rebuilding implements Target.Opener {
  private static final Logger log = LoggerFactory.getLogger(Rebuilding.class);

  /** With a look each ten seconds, how far it is is said each minute. */
  private static final int LOOKS_A_LINE = 6;

  private final Rebuildable store;
  private final AskedSnapshots snapshots;
  private final String queue;
  private final List<Namespace> wanted;
  private final String layout;

  /** The snapshot and its collections as long as one is under way. */
  private record UnderWay(String request, List<Namespace> collections) {}

  private volatile UnderWay underWay;

  /** Why there is nothing to wait for; null as long as there is. */
  private volatile String inVain;

  private volatile long documents;

  /** Nothing is to be rebuilt any more in this process. */
  private boolean over;

  private int looks;

  /**
   * @param queue that is consumed
   * @param wanted the collections that are rebuilt; none for all that the target has and the
   *     pipeline watches
   * @param layout what the target is to be: a rebuild that has begun for another one is begun anew
   */
  public Rebuilding(
      Rebuildable store,
      AskedSnapshots snapshots,
      String queue,
      List<Namespace> wanted,
      String layout) {
    this.store = store;
    this.snapshots = snapshots;
    this.queue = Objects.requireNonNull(queue, "queue");
    this.wanted = List.copyOf(wanted);
    this.layout = Objects.requireNonNull(layout, "layout");
  }

  @Override
  public Target open() {
    return new Both(store.open());
  }

  /**
   * Looks what has become of the snapshot, and says now and then how far all is. Does not throw.
   */
  public void look() {
    UnderWay now = underWay;
    if (now == null) {
      return;
    }
    String answer;
    try {
      answer = askUnlessAsked(now);
    } catch (PipelineException failure) {
      answer = "not known, as " + failure.getMessage();
    }
    looks++;
    if (looks % LOOKS_A_LINE == 0 && underWay == now) {
      log.info(
          "Rebuilding: {} documents and changes are applied beside; of the snapshot {} the pipeline"
              + " says: {}",
          documents,
          now.request(),
          answer);
    }
  }

  /**
   * @return what the pipeline says
   */
  private String askUnlessAsked(UnderWay now) {
    Optional<Asked> asked = snapshots.find(now.request());
    if (asked.isEmpty()) {
      snapshots.ask(now.request(), now.collections());
      return "asked for";
    }
    if (asked.get().isVoid() && inVain == null) {
      inVain = "the pipeline has not begun the snapshot: " + asked.get().answer();
      log.warn("The rebuild ends without having been: {}. The target goes on as it is", inVain);
    }
    return asked.get().answer();
  }

  /** What the target has and the pipeline watches, unless it was said. */
  private List<Namespace> collections() {
    if (!wanted.isEmpty()) {
      return wanted;
    }
    List<Namespace> watched = new ArrayList<>();
    for (Namespace each : store.collections()) {
      if (snapshots.isWatched(each)) {
        watched.add(each);
      } else {
        log.warn("{} is not rebuilt: the pipeline does not watch it", each);
      }
    }
    return watched;
  }

  /** The live one, and the one beside as long as a rebuild is under way. */
  private final class Both implements Target {
    private Target live;
    private Target beside;
    private boolean knowsWhatIsBegun;

    Both(Target live) {
      this.live = live;
    }

    @Override
    public void begin() {
      if (!knowsWhatIsBegun) {
        if (!over) {
          findOrBegin();
        }
        knowsWhatIsBegun = true;
      }
    }

    private void findOrBegin() {
      Optional<Rebuild> any = store.rebuild();
      requireOurs(any);
      Optional<Rebuild> begun = any.filter(this::isWanted);
      if (begun.filter(Rebuild::isDone).isPresent()) {
        over = true;
        log.info(
            "Nothing is rebuilt: the snapshot {} has filled the target as it is wanted. To have it"
                + " filled once more, start once without --rebuild",
            begun.get().request());
        return;
      }
      List<Namespace> collections = collections();
      if (collections.isEmpty()) {
        over = true;
        // For another layout: from here on it would miss what is applied.
        any.filter(each -> each.queue().equals(queue)).ifPresent(ours -> store.discard());
        log.warn(
            "Nothing is rebuilt: the target has no collection that the pipeline watches. Name one by"
                + " --collection");
        return;
      }
      goOn(begun.map(Rebuild::request).orElseGet(this::beginAnew), collections, begun.isPresent());
    }

    private boolean isWanted(Rebuild begun) {
      return begun.queue().equals(queue) && begun.layout().equals(layout);
    }

    private void requireOurs(Optional<Rebuild> begun) {
      begun
          .filter(each -> !each.queue().equals(queue) && !each.isDone())
          .ifPresent(
              other -> {
                throw TargetException.unusable(
                    "The target is being rebuilt from the queue "
                        + other.queue()
                        + ", and there is one rebuild at a time: wait until it is at its end, or"
                        + " start that consumer without --rebuild");
              });
    }

    /** First it is made, then asked for: what is published behind the request goes there. */
    private String beginAnew() {
      String request = snapshots.newId();
      try {
        // Before anything is made: whether MongoDB is there at all.
        snapshots.find(request);
      } catch (PipelineException failure) {
        throw notAsked(failure);
      }
      store.begin(request, queue, layout);
      return request;
    }

    private void goOn(String request, List<Namespace> collections, boolean again) {
      UnderWay now = new UnderWay(request, collections);
      inVain = null;
      try {
        askUnlessAsked(now);
      } catch (PipelineException failure) {
        if (!again) {
          throw notAsked(failure);
        }
        log.warn(
            "The snapshot {} is asked for at the next look: {}", request, failure.getMessage());
      }
      beside = store.openBeside();
      documents = again ? documents : 0;
      underWay = now;
      log.info(
          "{} the rebuild of {}, by the snapshot {}; the live one is kept in step meanwhile",
          again ? "Going on with" : "Beginning",
          collections,
          request);
    }

    private PipelineException notAsked(PipelineException failure) {
      return new PipelineException(
          FailureKind.MISCONFIGURED,
          "For --rebuild the pipeline is asked for a snapshot through MongoDB, and that failed: "
              + failure.getMessage(),
          failure);
    }

    @Override
    public void apply(Batch batch) {
      begin();
      live.apply(batch);
      if (beside == null) {
        return;
      }
      if (inVain != null) {
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
        documents += concerned.events().size();
      } catch (TargetException failure) {
        if (failure.kind() == TargetException.Kind.UNUSABLE
            && store.rebuild().filter(each -> isWanted(each) && !each.isDone()).isEmpty()) {
          throw TargetException.unavailable(
              "Another consumer of the queue has ended the rebuild", failure);
        }
        throw failure;
      }
    }

    /** Changes of other collections would make tables there for nothing. */
    private Batch concerned(Batch batch) {
      List<Namespace> collections = underWay.collections();
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
      if (!end.id().equals(underWay.request())) {
        return;
      }
      if (completed && end.whole()) {
        swap(end);
      } else {
        abandon(end);
      }
    }

    private void swap(SnapshotEnd end) {
      UnderWay now = underWay;
      List<Namespace> whole =
          end.namespaces().stream().filter(now.collections()::contains).toList();
      close();
      List<Namespace> swapped = store.swap(whole, end.from());
      over = true;
      underWay = null;
      log.info(
          "Rebuilt and live now: {}, by the snapshot {} with {} documents and changes",
          swapped,
          now.request(),
          documents);
      List<Namespace> left = new ArrayList<>(now.collections());
      left.removeAll(swapped);
      if (!left.isEmpty()) {
        log.warn("Not rebuilt, as they are not there any more, or others by their names: {}", left);
      }
      live = store.open();
    }

    /** Of some of the collections; the others go on. */
    private void abandon(SnapshotEnd end) {
      List<Namespace> left = new ArrayList<>(underWay.collections());
      left.removeAll(end.namespaces());
      if (left.isEmpty()) {
        log.warn(
            "The rebuild ends without having been: the snapshot {} was abandoned. The target goes on"
                + " as it is",
            underWay.request());
        discard();
      } else {
        log.warn("{} are not rebuilt: dropped, renamed or cancelled meanwhile", end.namespaces());
        underWay = new UnderWay(underWay.request(), left);
      }
    }

    private void discard() {
      beside.close();
      beside = null;
      store.discard();
      underWay = null;
      over = true;
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
}
