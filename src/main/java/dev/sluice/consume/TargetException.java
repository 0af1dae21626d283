package dev.sluice.consume;

import java.util.Objects;
import java.util.Optional;

/** Why a target has not applied a batch, of which it then has applied nothing. */
public final class TargetException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What follows. Beside each stands the price of taking a failure for it that is none. */
  public enum Kind {
    /**
     * Goes away by itself: a network, a lock, a full disk. The target is opened anew and gets the
     * same batch again, with a pause that grows. Price: a consumer that tries for ever, visible in
     * its log.
     */
    UNAVAILABLE,
    /**
     * The target will never take one of the events, of which the document is parked. Price: a
     * document that stands still until somebody releases it.
     */
    REFUSED,
    /**
     * No event can be applied before somebody has changed something: a login, a table of another
     * shape, a parameter. The consumer stops. Price: an outage until somebody looks.
     */
    UNUSABLE
  }

  private final Kind kind;
  private final transient Event event;

  private TargetException(Kind kind, Event event, String sentence, Throwable cause) {
    super(sentence, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
    this.event = event;
  }

  /**
   * @param sentence what is away, without a full stop and without secrets
   */
  public static TargetException unavailable(String sentence, Throwable cause) {
    return new TargetException(Kind.UNAVAILABLE, null, sentence, cause);
  }

  /** One of the batch is refused, and the store does not say which: the loop finds out. */
  public static TargetException refused(String sentence, Throwable cause) {
    return new TargetException(Kind.REFUSED, null, sentence, cause);
  }

  /** This one of the batch is refused. */
  public static TargetException refused(Event event, String sentence) {
    return new TargetException(Kind.REFUSED, Objects.requireNonNull(event), sentence, null);
  }

  /**
   * @param sentence what is wrong, and the remedy
   */
  public static TargetException unusable(String sentence) {
    return new TargetException(Kind.UNUSABLE, null, sentence, null);
  }

  public static TargetException unusable(String sentence, Throwable cause) {
    return new TargetException(Kind.UNUSABLE, null, sentence, cause);
  }

  public Kind kind() {
    return kind;
  }

  /** The event that is refused, if the target can tell. */
  public Optional<Event> event() {
    return Optional.ofNullable(event);
  }
}
