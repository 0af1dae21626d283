package dev.sluice.message;

import dev.sluice.change.Namespace;
import java.nio.charset.StandardCharsets;

/** The routing key of an event: {@code <database>.<collection>.<operation>}. */
final class RoutingKey {
  /** AMQP short strings end there (AMQP 0-9-1, 4.2.5.3). */
  private static final int MAX_BYTES = 255;

  private RoutingKey() {}

  /**
   * A namespace may have 255 bytes for itself; the end of such a collection's name is cut off, so
   * that the operation still stands where consumers look for it.
   */
  static String of(Namespace namespace, String operation) {
    String tail = "." + operation;
    String head = namespace.toString();
    if (head.length() + tail.length() > MAX_BYTES / 4) {
      while (bytes(head) + tail.length() > MAX_BYTES) {
        head = head.substring(0, head.offsetByCodePoints(head.length(), -1));
      }
    }
    return head + tail;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
