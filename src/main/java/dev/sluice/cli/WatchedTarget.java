package dev.sluice.cli;

import dev.sluice.consume.Batch;
import dev.sluice.consume.Event;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.monitor.ConsumerCounts;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.List;

/** A target, and counts what it is given. */
final class WatchedTarget implements Target {
  private final Target target;
  private final ConsumerCounts counts;

  private WatchedTarget(Target target, ConsumerCounts counts) {
    this.target = target;
    this.counts = counts;
  }

  /** Opens targets that are watched. */
  static Target.Opener opener(Target.Opener opener, ConsumerCounts counts) {
    return () -> {
      try {
        return new WatchedTarget(opener.open(), counts);
      } catch (TargetException failure) {
        note(failure, counts);
        throw failure;
      }
    };
  }

  private static void note(TargetException failure, ConsumerCounts counts) {
    switch (failure.kind()) {
      case UNAVAILABLE -> counts.retried(FailureKind.TRANSIENT.name(), failure.getMessage());
      // What is refused is parked, or the batch is halved: the consumer goes on.
      case REFUSED -> counts.settled();
      default -> counts.failed(FailureKind.MISCONFIGURED.name(), failure.getMessage());
    }
  }

  @Override
  public void begin() {
    try {
      target.begin();
    } catch (TargetException failure) {
      note(failure, counts);
      throw failure;
    }
  }

  @Override
  public void apply(Batch batch) {
    List<Event> events = batch.events();
    counts.tried(events.size(), events.isEmpty() ? 0 : millis(events.get(0)));
    long began = System.nanoTime();
    try {
      target.apply(batch);
    } catch (TargetException failure) {
      note(failure, counts);
      throw failure;
    } catch (PipelineException failure) {
      counts.settled();
      throw failure;
    }
    long nanos = System.nanoTime() - began;
    events.forEach(event -> counts.event(event.type().text(), event.type().isOnDocument()));
    counts.applied(nanos, events.isEmpty() ? 0 : millis(events.get(events.size() - 1)));
  }

  private static long millis(Event event) {
    return event.time().toEpochMilli();
  }

  @Override
  public void close() {
    target.close();
  }
}
