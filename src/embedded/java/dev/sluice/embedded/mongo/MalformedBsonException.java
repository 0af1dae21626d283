package dev.sluice.embedded.mongo;

/** Bytes that are no BSON document; the connection they came in on cannot be trusted any more. */
final class MalformedBsonException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  MalformedBsonException(String message) {
    super(message);
  }
}
