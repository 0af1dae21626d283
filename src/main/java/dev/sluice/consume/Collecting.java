package dev.sluice.consume;

import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes batches of messages: full, or as old as they may get. What stops the consumer closes the
 * batch in front of it, so that all before it is applied first. For one thread.
 */
final class Collecting {
  private static final Logger log = LoggerFactory.getLogger(Collecting.class);

  /** How soon a stop is noticed while nothing comes. */
  private static final Duration NOTICE = Duration.ofMillis(200);

  /**
   * Of bodies in one batch: one is applied, one is ready and one is being made, and what a target
   * makes of them may be several times as large.
   */
  private static final long MOST_BYTES = 8L << 20;

  /** RabbitMQ 4 throws a message of a quorum queue away when it has come back 20 times. */
  private static final long MANY_DELIVERIES = 10;

  private final Inbox inbox;
  private final ConsumeSettings settings;
  private final BooleanSupplier stopping;
  private final EventReader reader = new EventReader();
  private PipelineException end;
  private boolean warnedOfDeliveries;

  Collecting(Inbox inbox, ConsumeSettings settings, BooleanSupplier stopping) {
    this.inbox = inbox;
    this.settings = settings;
    this.stopping = stopping;
  }

  /**
   * The next batch, in the order of delivery; empty if nothing came for a moment.
   *
   * @throws PipelineException if the inbox fails, or if the next message is a reason to stop
   */
  List<Delivered> next() throws InterruptedException {
    if (end != null) {
      throw end;
    }
    List<Delivered> batch = new ArrayList<>();
    Duration patience = NOTICE;
    long begin = 0;
    long bytes = 0;
    while (batch.size() < settings.batch() && bytes < MOST_BYTES) {
      Optional<Incoming> incoming = inbox.next(patience);
      if (incoming.isEmpty() || !add(incoming.get(), batch)) {
        break;
      }
      bytes += batch.get(batch.size() - 1).bytes();
      begin = batch.size() == 1 ? System.nanoTime() : begin;
      patience = stopping.getAsBoolean() ? Duration.ZERO : left(begin);
    }
    if (batch.isEmpty() && end != null) {
      throw end;
    }
    return batch;
  }

  private Duration left(long begin) {
    Duration left = settings.linger().minusNanos(System.nanoTime() - begin);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** False if it is a reason to stop. */
  private boolean add(Incoming incoming, List<Delivered> batch) {
    warnOfDeliveries(incoming);
    try {
      Event event = reader.read(incoming.message()).orElse(null);
      end = event == null ? null : reasonToStop(event);
      if (end == null) {
        batch.add(new Delivered(incoming, event, null));
      }
    } catch (UnreadableMessage unreadable) {
      if (unreadable.isForeign()) {
        end = new PipelineException(FailureKind.MISCONFIGURED, unreadable.getMessage());
      } else {
        batch.add(new Delivered(incoming, null, unreadable.getMessage()));
      }
    }
    return end == null;
  }

  private void warnOfDeliveries(Incoming incoming) {
    if (incoming.deliveries() >= MANY_DELIVERIES && !warnedOfDeliveries) {
      warnedOfDeliveries = true;
      log.warn(
          "The queue has given the message {} {} times: a quorum queue of RabbitMQ 4 drops one that"
              + " comes back 20 times, unless a policy sets delivery-limit higher",
          incoming.message().messageId(),
          incoming.deliveries());
    }
  }

  private PipelineException reasonToStop(Event event) {
    boolean asked = settings.onDrop() == ConsumeSettings.Answer.STOP;
    return switch (event.type()) {
      case GAP -> ofGap(event, "says that changes are missing (" + reason(event) + ")");
      case RENAME ->
          event.isReplaced()
              ? ofGap(
                  event, "says that another collection took its name, with documents of its own")
              : asked ? ofDrop(event) : null;
      case DROP, DROP_DATABASE -> asked ? ofDrop(event) : null;
      default -> null;
    };
  }

  private static String reason(Event event) {
    Json gap = event.details().get("gap");
    return gap == null ? "no reason given" : gap.tree().path("reason").asText("no reason given");
  }

  private PipelineException ofGap(Event event, String what) {
    if (settings.onGap() == ConsumeSettings.Answer.APPLY) {
      log.warn("The {} {}: going on, with a target that is not whole", event, what);
      return null;
    }
    return new PipelineException(
        FailureKind.POSITION_LOST,
        "The "
            + event
            + " "
            + what
            + ", so the target would not be whole: take a snapshot by the pipeline, which fills it"
            + " again, and start once with --on-gap apply");
  }

  private static PipelineException ofDrop(Event event) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "The "
            + event
            + " takes documents away, and --on-drop is stop: start once with --on-drop apply to have"
            + " the target follow");
  }
}
