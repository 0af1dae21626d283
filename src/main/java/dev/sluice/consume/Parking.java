package dev.sluice.consume;

import dev.sluice.message.Message;
import dev.sluice.message.Message.Destination;
import dev.sluice.message.ParkedMessages;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** Messages for the queue of what is parked: as they came, with what is needed to release them. */
final class Parking {
  /** Header that says which document it is of, of one length however long the key is. */
  static final String DOCUMENT = "parkedDocument";

  /**
   * Header that says by which release it had come when it was parked again: what else that one has
   * given back may still be under way, and is to stay behind it.
   */
  static final String RELEASE = "parkedRelease";

  /** All headers have to fit one frame, and a driver's message may be a page. */
  private static final int LONGEST_ERROR = 1_000;

  private static final char BETWEEN = 0;

  private final String name;
  private final String queue;

  Parking(String name, String queue) {
    this.name = name;
    this.queue = queue;
  }

  /** Why a message is parked. */
  enum Reason {
    /** The target will not have it. */
    REFUSED("refused"),
    /** An earlier change of its document is parked. */
    BEHIND("behind"),
    /** It cannot be read. */
    DAMAGED("damaged");

    private final String text;

    Reason(String text) {
      this.text = text;
    }
  }

  /**
   * @param document which it is of; null if that cannot be told
   */
  Message parked(Message message, String document, Reason reason, String error) {
    Map<String, Object> headers = new HashMap<>(message.headers());
    headers.remove(RELEASE);
    Object release = headers.remove(ParkedMessages.RELEASED);
    if (release != null) {
      headers.put(RELEASE, release);
    }
    headers.put(ParkedMessages.PARKED_BY, name);
    headers.put(ParkedMessages.REASON, reason.text);
    headers.put(
        ParkedMessages.ERROR,
        error.length() <= LONGEST_ERROR ? error : error.substring(0, LONGEST_ERROR) + "…");
    headers.put(ParkedMessages.BODY, "message");
    headers.putIfAbsent(ParkedMessages.ROUTING_KEY, message.routingKey());
    if (document != null) {
      headers.put(DOCUMENT, document);
    }
    return new Message(
        message.body(),
        message.content(),
        message.messageId(),
        queue,
        message.type(),
        message.timestampSeconds(),
        headers,
        Destination.PARKING);
  }

  /** The same for all events of a document, and for no other document's. */
  static String document(Event event) {
    String place =
        event.namespace().toString() + BETWEEN + event.key().type() + BETWEEN + event.key().id();
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(place.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, digest.length / 2);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
