package dev.sluice.json;

/**
 * A text has become larger than its {@link Utf8Buffer} may hold. How large it would have been is
 * not known: writing stops there. Has no stack trace, because it says nothing of where in our code
 * it was, and whatever raises it can do so for each event of a stream.
 */
public final class TextTooLargeException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TextTooLargeException(long maxBytes) {
    super("more than " + maxBytes + " bytes", null, false, false);
  }
}
