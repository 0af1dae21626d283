package dev.sluice.consume;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A target that could be rebuilt and is not: what an earlier rebuild has left beside it is thrown
 * away, as it would miss what is applied here. Not when the target is opened but with the first
 * batch: a consumer that waits for another one must leave alone what that one fills.
 */
public final class Leftover implements Target.Opener {
  private static final Logger log = LoggerFactory.getLogger(Leftover.class);

  private final Rebuildable store;
  private final String queue;

  /**
   * @param queue that is consumed: what is filled from another one is left alone
   */
  public Leftover(Rebuildable store, String queue) {
    this.store = store;
    this.queue = queue;
  }

  @Override
  public Target open() {
    Target live = store.open();
    return new Target() {
      private boolean looked;

      @Override
      public void begin() {
        if (!looked) {
          store
              .rebuild()
              .filter(rebuild -> rebuild.queue().equals(queue))
              .ifPresent(Leftover.this::discard);
          looked = true;
        }
      }

      @Override
      public void apply(Batch batch) {
        begin();
        live.apply(batch);
      }

      @Override
      public void close() {
        live.close();
      }
    };
  }

  private void discard(Rebuildable.Rebuild rebuild) {
    store.discard();
    if (!rebuild.isDone()) {
      log.warn(
          "The rebuild by the snapshot {} was not at its end and is thrown away, as this start is"
              + " without --rebuild",
          rebuild.request());
    }
  }
}
