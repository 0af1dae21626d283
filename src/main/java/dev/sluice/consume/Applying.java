package dev.sluice.consume;

import dev.sluice.message.Message;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a batch applied. If the target refuses it, it is halved until the change that it refuses is
 * alone; the document of that one is parked, and its later changes behind it. For one thread.
 */
final class Applying {
  private static final Logger log = LoggerFactory.getLogger(Applying.class);

  private final Inbox inbox;
  private final HeldTarget target;
  private final ParkedDocuments parked;
  private final Parking parking;
  private final ConsumeSettings settings;

  Applying(Inbox inbox, HeldTarget target, ParkedDocuments parked, ConsumeSettings settings) {
    this.inbox = inbox;
    this.target = target;
    this.parked = parked;
    this.parking = new Parking(settings.name(), settings.parkingQueue());
    this.settings = settings;
  }

  /** Returns when each is applied or parked. */
  void apply(List<Delivered> batch) {
    List<Delivered> left = batch;
    while (!left.isEmpty()) {
      List<Delivered> ready = ready(left);
      left = ready.isEmpty() ? List.of() : applyReady(ready);
    }
  }

  /** Parks what is damaged or held back; gives the rest. */
  private List<Delivered> ready(List<Delivered> batch) {
    List<Delivered> ready = new ArrayList<>(batch.size());
    for (Delivered each : batch) {
      if (each.damage() != null) {
        log.warn("{}: it is parked", each.damage());
        inbox.park(parking.parked(each.message(), null, Parking.Reason.DAMAGED, each.damage()));
      } else if (each.isOnDocument() && parked.holdsBack(each.event(), each.release())) {
        park(each, Parking.Reason.BEHIND, "An earlier change of the document is parked");
      } else if (each.event() != null) {
        ready.add(each);
      }
    }
    return ready;
  }

  /**
   * Gives what is still to be applied: of a batch that is refused all behind the change that is, or
   * the second half. Not by a call of its own: a batch may be refused as often as it has events.
   */
  private List<Delivered> applyReady(List<Delivered> ready) {
    try {
      target.apply(new Batch(ready.stream().map(Delivered::event).toList()));
      ready.forEach(this::noteReleased);
      return List.of();
    } catch (TargetException failure) {
      if (failure.kind() != TargetException.Kind.REFUSED) {
        throw failure;
      }
      int refused = ready.size() == 1 ? 0 : indexOf(failure, ready);
      if (refused < 0) {
        int half = ready.size() / 2;
        apply(ready.subList(0, half));
        return ready.subList(half, ready.size());
      }
      apply(ready.subList(0, refused));
      refuse(ready.get(refused), failure);
      return ready.subList(refused + 1, ready.size());
    }
  }

  private static int indexOf(TargetException failure, List<Delivered> ready) {
    for (int i = 0; failure.event().isPresent() && i < ready.size(); i++) {
      if (ready.get(i).event() == failure.event().get()) {
        return i;
      }
    }
    return -1;
  }

  private void refuse(Delivered refused, TargetException failure) {
    if (!refused.isOnDocument()) {
      throw new PipelineException(
          FailureKind.MISCONFIGURED,
          "The target refuses the "
              + refused.event()
              + ", which concerns more than one document and cannot be parked: "
              + failure.getMessage(),
          failure);
    }
    log.warn(
        "The target refuses the {}: {}. The document is parked",
        refused.event(),
        failure.getMessage());
    park(refused, Parking.Reason.REFUSED, failure.getMessage());
  }

  private void park(Delivered each, Parking.Reason reason, String error) {
    String document = Parking.document(each.event());
    Message message = parking.parked(each.message(), document, reason, error);
    inbox.park(message);
    parked.parked(document, each.message().messageId(), each.release());
    if (parked.count() > settings.mostParked()) {
      throw new PipelineException(
          FailureKind.POISON_EVENT,
          "More than "
              + settings.mostParked()
              + " documents are parked in "
              + settings.parkingQueue()
              + " (--max-parked), so it is rather the target that has a fault, the last being: "
              + error);
    }
  }

  private void noteReleased(Delivered applied) {
    if (applied.isOnDocument() && applied.release() != null) {
      parked.applied(applied.event(), applied.message().messageId());
    }
  }
}
