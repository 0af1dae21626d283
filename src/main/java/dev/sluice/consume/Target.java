package dev.sluice.consume;

/**
 * What is kept in step: a table, an index, a file. For one thread. It need not get over a failure:
 * behind one it is closed and another is opened.
 *
 * <p>What each target has to see to, and {@code TargetKeepsStep} of the tests proves:
 *
 * <ul>
 *   <li>A state is written only if its position is greater than that of what is there, in the same
 *       statement or transaction; a delete leaves a marker with its position. So repeats, replays,
 *       redelivery and a second consumer change nothing.
 *   <li>What goes away with a drop, a rename or at the end of a snapshot stays away when an older
 *       change is repeated: {@link NewestStates} says how.
 *   <li>History has each message-id once.
 * </ul>
 */
public interface Target extends AutoCloseable {
  /** Opens a target; every call makes a new one. */
  interface Opener {
    /**
     * Sees that the store is there and has what is needed, which is made if it is missing.
     *
     * @throws TargetException of the kind unavailable or unusable
     */
    Target open();

    /**
     * Most events that are to be applied together where nobody has said how many: as many as the
     * store gains by, as memory and what a failure repeats grow with them.
     */
    default int batch() {
      return USUAL_BATCH;
    }
  }

  /** What a call, a command or a bulk request of a server takes well. */
  int USUAL_BATCH = 500;

  /**
   * Nobody else reads the queue: from now on this target gets all that is published. Called in
   * front of the first batch where that is known before one comes; a batch says the same.
   *
   * @throws TargetException as {@link #apply}
   */
  default void begin() {}

  /**
   * Applies the whole batch and returns when the store has it durably; or throws, and then has
   * applied nothing of it that a second try would not make good.
   *
   * @throws TargetException if it cannot
   */
  void apply(Batch batch);

  /** Ends whatever is open. Does not throw. */
  @Override
  void close();
}
