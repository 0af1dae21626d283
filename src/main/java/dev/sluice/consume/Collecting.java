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
 * Makes batches of messages: full, or as old as they may get and wanted. A batch that nobody waits
 * for yet goes on growing: the more is waiting, the fewer times the target makes something durable.
 * What stops the consumer closes the batch in front of it, so that all before it is applied first.
 * For one thread.
 */
final class Collecting {
  private static final Logger log = LoggerFactory.getLogger(Collecting.class);

  /** How soon a stop is noticed while nothing comes. */
  private static final Duration NOTICE = Duration.ofMillis(200);

  /** How soon a batch that is old enough is handed out when it becomes wanted. */
  private static final Duration NOTICE_WANTED = Duration.ofMillis(5);

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
  private final BooleanSupplier wanted;
  private final EventReader reader = new EventReader();
  private PipelineException end;
  private boolean warnedOfDeliveries;

  /**
   * @param wanted whether somebody waits for the next batch, from any thread
   */
  Collecting(
      Inbox inbox, ConsumeSettings settings, BooleanSupplier stopping, BooleanSupplier wanted) {
    this.inbox = inbox;
    this.settings = settings;
    this.stopping = stopping;
    this.wanted = wanted;
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
    long begin = 0;
    long bytes = 0;
    // Of large messages fewer are under way: half of them for this batch, half for the one before.
    int most = Math.max(1, Math.min(settings.batch(), inbox.atHand() / 2));
    while (batch.size() < most && bytes < MOST_BYTES) {
      Optional<Incoming> incoming = inbox.next(batch.isEmpty() ? NOTICE : patience(begin));
      if (incoming.isPresent()) {
        if (!add(incoming.get(), batch)) {
          break;
        }
        bytes += batch.get(batch.size() - 1).bytes();
        begin = batch.size() == 1 ? System.nanoTime() : begin;
      } else if (batch.isEmpty() || patience(begin).isZero()) {
        break;
      }
    }
    if (batch.isEmpty() && end != null) {
      throw end;
    }
    return batch;
  }

  /** How long to wait for more; zero if the batch is to be handed out with what is there. */
  private Duration patience(long begin) {
    if (stopping.getAsBoolean()) {
      return Duration.ZERO;
    }
    Duration left = settings.linger().minusNanos(System.nanoTime() - begin);
    if (!left.isNegative() && !left.isZero()) {
      return left;
    }
    return wanted.getAsBoolean() ? Duration.ZERO : NOTICE_WANTED;
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
            + " takes documents away, and --on-drop is stop: start once with --on-drop apply to"
            + " have the target follow");
  }
}
