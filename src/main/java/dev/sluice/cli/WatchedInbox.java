package dev.sluice.cli;

import dev.sluice.consume.Inbox;
import dev.sluice.consume.Incoming;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.monitor.ConsumerCounts;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/** A queue, and counts what comes of it and what is parked. */
final class WatchedInbox implements Inbox {
  /** Three times between two scrapes of Prometheus as they are usual, for one message each. */
  private static final long LOOK_SECONDS = 5;

  private final Inbox inbox;
  private final ConsumerCounts counts;
  private final Disposable looks;
  private boolean closed;

  private WatchedInbox(Inbox inbox, ConsumerCounts counts, Scheduler blocking) {
    this.inbox = inbox;
    this.counts = counts;
    this.looks = blocking.schedulePeriodically(this::look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * Opens queues that are watched.
   *
   * @param blocking on which it is asked how far behind they are
   */
  static Inbox.Opener opener(
      Inbox.Opener opener, String queue, ConsumerCounts counts, Scheduler blocking) {
    return () -> {
      try {
        Inbox opened = opener.open();
        counts.works("reading the queue " + queue);
        return new WatchedInbox(opened, counts, blocking);
      } catch (PipelineException failure) {
        throw noted(failure, counts);
      }
    };
  }

  private static PipelineException noted(PipelineException failure, ConsumerCounts counts) {
    if (failure.kind().isPassing()) {
      counts.retried(failure.kind().name(), failure.getMessage());
    } else {
      counts.failed(failure.kind().name(), failure.getMessage());
    }
    return failure;
  }

  @Override
  public boolean isAlone() {
    return inbox.isAlone();
  }

  @Override
  public Optional<Incoming> next(Duration patience) throws InterruptedException {
    Optional<Incoming> next;
    try {
      next = inbox.next(patience);
    } catch (PipelineException failure) {
      throw noted(failure, counts);
    }
    if (next.isPresent()) {
      counts.received();
    }
    return next;
  }

  @Override
  public int atHand() {
    return inbox.atHand();
  }

  @Override
  public void acknowledge(Incoming last) {
    try {
      inbox.acknowledge(last);
    } catch (PipelineException failure) {
      throw noted(failure, counts);
    }
  }

  @Override
  public void parked(Consumer<Message> each) {
    try {
      inbox.parked(each);
    } catch (PipelineException failure) {
      throw noted(failure, counts);
    }
  }

  @Override
  public void park(Message parked) {
    try {
      inbox.park(parked);
    } catch (PipelineException failure) {
      throw noted(failure, counts);
    }
    counts.parked(String.valueOf(parked.headers().get(ParkedMessages.REASON)));
  }

  @Override
  public OptionalLong behind() {
    return inbox.behind();
  }

  private void look() {
    OptionalLong behind;
    try {
      behind = inbox.behind();
    } catch (PipelineException failure) {
      // Whoever reads says so as well.
      behind = OptionalLong.empty();
    }
    note(behind);
  }

  /** Nothing is known of what is closed, though a look may still be under way. */
  private synchronized void note(OptionalLong behind) {
    if (!closed) {
      counts.behind(behind);
    }
  }

  @Override
  public void close() {
    looks.dispose();
    synchronized (this) {
      counts.behind(OptionalLong.empty());
      closed = true;
    }
    inbox.close();
  }
}
