package dev.sluice.cli;

import dev.sluice.consume.Inbox;
import dev.sluice.consume.Incoming;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.monitor.ConsumerCounts;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** A queue, and counts what comes of it and what is parked. */
final class WatchedInbox implements Inbox {
  private final Inbox inbox;
  private final ConsumerCounts counts;

  private WatchedInbox(Inbox inbox, ConsumerCounts counts) {
    this.inbox = inbox;
    this.counts = counts;
  }

  /** Opens queues that are watched. */
  static Inbox.Opener opener(Inbox.Opener opener, String queue, ConsumerCounts counts) {
    return () -> {
      try {
        Inbox opened = opener.open();
        counts.works("reading the queue " + queue);
        return new WatchedInbox(opened, counts);
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
  public void close() {
    inbox.close();
  }
}
