package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.change.Oversized;
import dev.sluice.config.FailureSettings;
import dev.sluice.config.FailureSettings.OnPoison;
import dev.sluice.json.TextTooLargeException;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.shape.Shaping;
import java.util.Optional;
import java.util.function.Function;

/**
 * The second stage: makes a message of a change, of what of it may leave. What cannot become one,
 * is too large for RabbitMQ, or was refused by it before, ends the attempt or becomes a parked
 * message, as the settings say.
 *
 * <p>A parked message takes the place of the event: the position moves on only when RabbitMQ has
 * confirmed it, like any other. Runs on the encoder's thread.
 */
final class Encoding {
  private static final String POISON = "poison";
  private static final String OVERSIZED = "oversized";
  private static final String UNROUTABLE = "unroutable";

  private final Share share;
  private final Shaping shaping;
  private final Function<Change, Message> encoder;
  private final ParkedMessages parked;
  private final Refusals refusals;
  private final long maxMessageBytes;
  private final FailureSettings failures;

  Encoding(PipelineParts parts, Refusals refusals) {
    this.share = new Share(parts.partition());
    this.shaping = parts.shaping();
    this.encoder = parts.encoder();
    this.parked = parts.parked();
    this.refusals = refusals;
    this.maxMessageBytes = parts.settings().maxMessageBytes();
    this.failures = parts.failures();
  }

  /**
   * Null if nothing is to be told of it: another pipeline carries it, or nothing that leaves was
   * changed.
   */
  Message encode(Change change) {
    if (!share.has(change)) {
      return null;
    }
    Change shaped;
    try {
      shaped = shaping.shape(change);
    } catch (RuntimeException e) {
      return unshapable(change, e);
    }
    return shaping.isUnchanged(change, shaped) ? null : encodeShaped(shaped);
  }

  /** What is hidden in it cannot be found, so none of it may leave. */
  private Message unshapable(Change change, RuntimeException cause) {
    PipelineException failure =
        new PipelineException(
            FailureKind.POISON_EVENT,
            "An event is damaged, so that its fields cannot be told apart: "
                + change
                + " ("
                + cause.getMessage()
                + ")",
            cause);
    if (failures.onPoison() == OnPoison.STOP) {
      throw failure;
    }
    return parked.pointerTo(change, POISON, failure.getMessage());
  }

  private Message encodeShaped(Change change) {
    if (change instanceof Oversized oversized) {
      String error =
          "An event is larger than the 16 MB that MongoDB can send: shrink the document, set"
              + " SLUICE_UPDATE_LOOKUP=false so that updates travel without it, or set"
              + " SLUICE_ON_POISON=park ("
              + oversized.keys()
              + "; MongoDB says: "
              + oversized.error()
              + ")";
      return unpublishable(
          change, OVERSIZED, new PipelineException(FailureKind.POISON_EVENT, error));
    }
    Message message;
    try {
      message = encoder.apply(change);
    } catch (TextTooLargeException e) {
      return unpublishable(change, OVERSIZED, tooLarge(change));
    } catch (OutOfMemoryError e) {
      throw new PipelineException(
          FailureKind.BUG, "The heap is too small for an event: give Java a larger -Xmx", e);
    } catch (RuntimeException | Error e) {
      // An error too: Reactor does not pass one on, and nothing would ever come of the attempt.
      return unpublishable(
          change,
          POISON,
          new PipelineException(
              FailureKind.POISON_EVENT,
              "An event cannot be written as JSON: " + change + " (" + e.getMessage() + ")",
              e));
    }
    return asRefused(change, message);
  }

  private PipelineException tooLarge(Change change) {
    return new PipelineException(
        FailureKind.POISON_EVENT,
        "An event is more than SLUICE_MAX_MESSAGE_BYTES="
            + maxMessageBytes
            + " as a message: raise that as far as RabbitMQ's max_message_size allows, compress by"
            + " SLUICE_COMPRESSION, or set SLUICE_ON_POISON=park ("
            + change
            + ")");
  }

  private Message asRefused(Change change, Message message) {
    if (refusals.isEmpty()) {
      return message;
    }
    Optional<PipelineException> refusal = refusals.of(message.messageId());
    if (refusal.isEmpty()) {
      return message;
    }
    String error = refusal.get().getMessage();
    return refusal.get().kind() == FailureKind.UNROUTABLE
        ? parked.of(change, message, UNROUTABLE, error)
        // What is too large for one queue is too large for the other.
        : parked.pointerTo(change, message, OVERSIZED, error);
  }

  private Message unpublishable(Change change, String reason, PipelineException failure) {
    if (failures.onPoison() == OnPoison.STOP) {
      throw failure;
    }
    return refusals.of(change.id().value()).isPresent()
        ? parked.pointerTo(change, reason, failure.getMessage())
        : parked.of(change, reason, failure.getMessage());
  }
}
