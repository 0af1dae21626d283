package dev.sluice.change;

import dev.sluice.change.ChangeEvent.Field;
import java.util.Arrays;
import java.util.Optional;

/**
 * What changes were committed together by: a session and the number that it counts (manual: Change
 * Events, {@code lsid} and {@code txnNumber}). Immutable.
 */
public final class Transaction {
  private static final int UUID_LENGTH = 16;

  private final byte[] session;
  private final long number;

  private Transaction(byte[] session, long number) {
    this.session = session;
    this.number = number;
  }

  /** That of an event; empty if it was committed alone, or does not say by which session. */
  public static Optional<Transaction> of(ChangeEvent event) {
    if (!event.has(Field.TRANSACTION_NUMBER) || !event.has(Field.SESSION)) {
      return Optional.empty();
    }
    int at = event.offset(Field.SESSION);
    int binary = event.find(at, "id", BsonBytes.BINARY);
    if (binary < 0
        || BsonBytes.binaryLength(event.bytes(), binary, event.bytes().length) != UUID_LENGTH) {
      return Optional.empty();
    }
    int end = BsonBytes.documentEnd(event.bytes(), at, event.bytes().length);
    return Optional.of(
        new Transaction(
            Arrays.copyOfRange(event.bytes(), at, end), event.int64(Field.TRANSACTION_NUMBER)));
  }

  /** The session's id as a BSON document. Not to be written to. */
  public byte[] session() {
    return session;
  }

  /** Where in {@link #session} the 16 bytes of its UUID begin. */
  public int uuidOffset() {
    return BsonBytes.find(session, 0, session.length, "id") + Integer.BYTES + 1;
  }

  /** Counts what the session commits. */
  public long number() {
    return number;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Transaction same
        && number == same.number
        && Arrays.equals(session, same.session);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(session) + Long.hashCode(number);
  }
}
