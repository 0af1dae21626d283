package dev.sluice.consume;

import dev.sluice.pipeline.Backoff;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a target in step with a queue until it is told to stop. A message is acknowledged only when
 * the target has it durably, or when it is parked. Whatever fails and may pass is torn down as a
 * whole and begun again, with a pause that grows; nothing goes back to the queue for a second try.
 *
 * <p>{@link #run} is for one thread, {@link #stop} for any.
 */
public final class Consumption {
  private static final Logger log = LoggerFactory.getLogger(Consumption.class);

  /**
   * How long messages are held while the target is away. Then they are given back, once, and taken
   * again when it is there: RabbitMQ would cut off who holds one for half an hour
   * (consumer_timeout), and count that towards the delivery limit again and again.
   */
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(10);

  private final ConsumeSettings settings;
  private final Inbox.Opener inboxes;
  private final Target.Opener targets;
  private final Backoff backoff;
  private final Duration longestHold;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final LongAdder messages = new LongAdder();
  private String lastFailure = "";

  public Consumption(
      ConsumeSettings settings, Inbox.Opener inboxes, Target.Opener targets, Backoff backoff) {
    this(settings, inboxes, targets, backoff, LONGEST_HOLD);
  }

  Consumption(
      ConsumeSettings settings,
      Inbox.Opener inboxes,
      Target.Opener targets,
      Backoff backoff,
      Duration longestHold) {
    this.settings = Objects.requireNonNull(settings, "settings");
    this.inboxes = inboxes;
    this.targets = targets;
    this.backoff = backoff;
    this.longestHold = longestHold;
  }

  /** Messages that are acknowledged: applied, or parked. */
  public long messages() {
    return messages.sum();
  }

  /** Ends {@link #run} when the batch under way is applied. */
  public void stop() {
    stopping.countDown();
  }

  private boolean isStopping() {
    return stopping.getCount() == 0;
  }

  /**
   * Returns when it was stopped.
   *
   * @throws PipelineException if somebody has to change something first
   */
  public void run() {
    while (!isStopping()) {
      try (HeldTarget target = new HeldTarget(targets, this::pause, longestHold)) {
        // First the target: no message is taken as long as it is away.
        target.open();
        try (Inbox inbox = inboxes.open()) {
          session(inbox, target);
        }
      } catch (PipelineException failure) {
        if (!failure.kind().isPassing()) {
          throw failure;
        }
        pause(failure.getMessage());
      } catch (TargetException failure) {
        if (failure.kind() != TargetException.Kind.UNAVAILABLE) {
          throw new PipelineException(
              FailureKind.MISCONFIGURED, failure.getMessage(), failure.getCause());
        }
        pause(failure.getMessage());
      } catch (OutOfMemoryError e) {
        // It is not acknowledged, and comes again.
        throw new PipelineException(
            FailureKind.BUG, "The heap is too small for a message: give Java a larger -Xmx", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void session(Inbox inbox, HeldTarget target) throws InterruptedException {
    Applying applying = null;
    if (inbox.isAlone()) {
      target.begin();
    }
    try (CollectingAhead ahead = new CollectingAhead(inbox, settings, this::isStopping)) {
      while (!isStopping()) {
        List<Delivered> batch = ahead.next();
        if (!batch.isEmpty()) {
          // Not before: one that waits for another one's end would not see what that still parks.
          applying =
              applying == null ? new Applying(inbox, target, parkedNow(inbox), settings) : applying;
          applying.apply(batch);
          inbox.acknowledge(batch.get(batch.size() - 1).incoming());
          messages.add(batch.size());
          backoff.reset();
          lastFailure = "";
        }
      }
    }
  }

  private ParkedDocuments parkedNow(Inbox inbox) {
    ParkedDocuments parked = new ParkedDocuments();
    inbox.parked(parked::found);
    if (parked.count() > 0) {
      log.warn(
          "{} documents are parked in {}; sluice parked --release lets them go on",
          parked.count(),
          settings.parkingQueue());
    }
    return parked;
  }

  /** False if it was told to stop meanwhile. */
  private boolean pause(String why) {
    Duration pause = backoff.next();
    if (!why.equals(lastFailure)) {
      log.warn("{}; trying again, with pauses of up to 10 s", why);
      lastFailure = why;
    }
    try {
      return !stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop();
      return false;
    }
  }
}
