package dev.sluice.change;

/**
 * Bytes that are not a BSON document: a size that does not fit, a string without its end, an
 * unknown type, more nesting than BSON may have. The same bytes fail the same way every time, so
 * there is no point in trying again. Its message names the place, never the content.
 */
public final class CorruptBsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CorruptBsonException(String problem, int offset) {
    super("Corrupt BSON at byte " + offset + ": " + problem);
  }
}
