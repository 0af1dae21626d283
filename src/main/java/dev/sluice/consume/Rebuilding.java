package dev.sluice.consume;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Rebuildable.Rebuild;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

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
  private final Rebuildable store;
  private final RebuildSnapshot snapshot;
  private final String queue;
  private final List<Namespace> wanted;
  private final String layout;

  /** Nothing is to be rebuilt any more in this process. */
  private boolean over;

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
    this.snapshot = new RebuildSnapshot(snapshots);
    this.queue = Objects.requireNonNull(queue, "queue");
    this.wanted = List.copyOf(wanted);
    this.layout = Objects.requireNonNull(layout, "layout");
  }

  @Override
  public Target open() {
    return new LiveAndBeside(this, store, snapshot);
  }

  /**
   * Looks what has become of the snapshot, and says now and then how far all is. Does not throw.
   */
  public void look() {
    snapshot.look();
  }

  /** Whether nothing is to be rebuilt any more in this process. */
  boolean isOver() {
    return over;
  }

  void isOverFromNowOn() {
    over = true;
  }

  /** What the target has and the pipeline watches, unless it was said. */
  List<Namespace> collections() {
    return wanted.isEmpty() ? snapshot.watched(store.collections()) : wanted;
  }

  /** Makes an empty one beside, before the snapshot is asked for under that name. */
  void make(String request) {
    store.begin(request, queue, layout);
  }

  boolean isOfOurQueue(Rebuild begun) {
    return begun.queue().equals(queue);
  }

  /** Whether it is the very one that is wanted here, done or not. */
  boolean isWanted(Rebuild begun) {
    return isOfOurQueue(begun) && begun.layout().equals(layout);
  }

  /** There is one rebuild of a target at a time. */
  void requireOurs(Optional<Rebuild> begun) {
    begun
        .filter(each -> !isOfOurQueue(each) && !each.isDone())
        .ifPresent(
            other -> {
              throw TargetException.unusable(
                  "The target is being rebuilt from the queue "
                      + other.queue()
                      + ", and there is one rebuild at a time: wait until it is at its end, or"
                      + " start that consumer without --rebuild");
            });
  }
}
