package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.change.ResumeToken;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Lets in what a test puts down for it, once. */
final class InsertionScript implements Insertions.Between {
  final List<Change> before = new ArrayList<>();
  final List<Change> behind = new ArrayList<>();
  final List<Change> atMark = new ArrayList<>();
  final List<Change> whenWoken = new ArrayList<>();
  final List<Change> atEnd = new ArrayList<>();
  final List<Change> seen = new ArrayList<>();
  boolean leavesOut;
  boolean mayBeResumed = true;
  RuntimeException failure;

  private static void all(List<Change> from, Consumer<Change> out) {
    from.forEach(out);
    from.clear();
  }

  @Override
  public void change(Change change, Consumer<Change> out) {
    if (failure != null) {
      throw failure;
    }
    seen.add(change);
    all(before, out);
    if (!leavesOut) {
      out.accept(change);
    }
    all(behind, out);
  }

  @Override
  public boolean mark(ResumeToken token, boolean passed, Consumer<Change> out) {
    all(atMark, out);
    return mayBeResumed;
  }

  @Override
  public void woken(Consumer<Change> out) {
    all(whenWoken, out);
  }

  @Override
  public void completed(Consumer<Change> out) {
    all(atEnd, out);
  }
}
