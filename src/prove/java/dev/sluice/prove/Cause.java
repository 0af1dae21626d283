package dev.sluice.prove;

import java.util.Random;

/** How a fault is brought about, on the servers of this run. */
@FunctionalInterface
interface Cause {
  /** Does something to a server, or undoes it, and returns when it is done. */
  @FunctionalInterface
  interface Deed {
    void done() throws Exception;
  }

  /**
   * A fault that has struck.
   *
   * @param detail what chance chose, for the table; may be empty
   * @param lift ends it
   */
  record Struck(String detail, Deed lift) {
    /**
     * One that lasts until it is lifted. If it cannot be brought about, what it has done so far is
     * undone at once: a half fault in force for the rest of the run would be taken for a loss.
     */
    static Struck until(String detail, Deed strike, Deed lift) throws Exception {
      try {
        strike.done();
      } catch (Exception failed) {
        try {
          lift.done();
        } catch (Exception alsoFailed) {
          failed.addSuppressed(alsoFailed);
        }
        throw failed;
      }
      return new Struck(detail, lift);
    }

    /** One that is over as soon as it has happened. */
    static Struck once(String detail) {
      return new Struck(detail, () -> {});
    }
  }

  /**
   * @param random decides what is left to chance
   */
  Struck strike(Random random) throws Exception;
}
