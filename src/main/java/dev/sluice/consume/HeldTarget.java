package dev.sluice.consume;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A target that is opened anew when it was away, and then gets the same batch again. */
final class HeldTarget implements AutoCloseable {
  private final Target.Opener opener;
  private final Predicate<String> pause;
  private final Duration longestHold;
  private Target target;

  /**
   * @param pause waits a moment because of that; false if it makes no sense to try again
   * @param longestHold how long a batch may be tried
   */
  HeldTarget(Target.Opener opener, Predicate<String> pause, Duration longestHold) {
    this.opener = opener;
    this.pause = pause;
    this.longestHold = longestHold;
  }

  void open() {
    if (target == null) {
      target = opener.open();
    }
  }

  /**
   * Applies the batch, however often that has to be tried.
   *
   * @throws TargetException if it is refused, cannot be applied before somebody has changed
   *     something, or could not be applied for so long
   */
  void apply(Batch batch) {
    attempt(open -> open.apply(batch));
  }

  /** As {@link Target#begin}, however often that has to be tried. */
  void begin() {
    attempt(Target::begin);
  }

  private void attempt(Consumer<Target> work) {
    long begin = System.nanoTime();
    while (true) {
      try {
        open();
        work.accept(target);
        return;
      } catch (TargetException failure) {
        close();
        if (failure.kind() != TargetException.Kind.UNAVAILABLE
            || System.nanoTime() - begin > longestHold.toNanos()
            || !pause.test(failure.getMessage())) {
          throw failure;
        }
      }
    }
  }

  @Override
  public void close() {
    if (target != null) {
      Target closing = target;
      target = null;
      closing.close();
    }
  }
}
