package dev.sluice.change;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The identity of an event: 32 hex digits, the first half of the SHA-256 of its resume token. That
 * of a gap is one of where it begins and ends.
 *
 * <p>It depends on the token alone, so an event that is published again after a crash has the same
 * id. Not the token itself, which grows with the document's {@code _id} and can pass the 255 bytes
 * of an AMQP short string. 128 bits: among 10^12 events the chance of one collision is below
 * 10^-14.
 */
public record EventId(String value) {
  private static final int BYTES = 16;
  private static final HexFormat HEX = HexFormat.of();

  private static final ThreadLocal<MessageDigest> SHA_256 =
      ThreadLocal.withInitial(
          () -> {
            try {
              return MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
              throw new IllegalStateException("every Java platform has SHA-256", e);
            }
          });

  public static EventId of(ResumeToken token) {
    return ofBytes(token.bytes());
  }

  static EventId of(Gap gap) {
    String text =
        "gap " + gap.from().map(from -> from.getValue()).orElse(0L) + " " + gap.to().getValue();
    return ofBytes(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static EventId ofBytes(byte[] bytes) {
    return new EventId(HEX.formatHex(SHA_256.get().digest(bytes), 0, BYTES));
  }

  @Override
  public String toString() {
    return value;
  }
}
