package dev.sluice.consume;

/** A message that says nothing this program understands. Its sentence names what it is. */
public final class UnreadableMessage extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean foreign;

  private UnreadableMessage(String sentence, boolean foreign, Throwable cause) {
    super(sentence, cause);
    this.foreign = foreign;
  }

  /** It is in a form that is not read at all, and so will be all that come behind it. */
  static UnreadableMessage foreign(String sentence) {
    return new UnreadableMessage(sentence, true, null);
  }

  /** This one alone is damaged. */
  static UnreadableMessage damaged(String sentence, Throwable cause) {
    return new UnreadableMessage(sentence, false, cause);
  }

  /** Whether it makes no sense to go on with the next. */
  public boolean isForeign() {
    return foreign;
  }
}
