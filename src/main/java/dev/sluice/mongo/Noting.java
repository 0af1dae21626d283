package dev.sluice.mongo;

import dev.sluice.change.ResumeToken;
import dev.sluice.pipeline.ChangeSource.Progress;

/**
 * Tells somebody else of the progress of one of several streams that are one to him.
 *
 * @param before how many events the streams before it had
 * @param sign done at each sign of life
 */
record Noting(Progress listener, long before, Runnable sign) implements Progress {
  @Override
  public void reached(long events, ResumeToken token) {
    sign.run();
    listener.reached(before + events, token);
  }

  @Override
  public void passed(long events, ResumeToken token) {
    sign.run();
    listener.passed(before + events, token);
  }
}
