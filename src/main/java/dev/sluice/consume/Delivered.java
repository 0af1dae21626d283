package dev.sluice.consume;

import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;

/**
 * A message and what it says.
 *
 * @param event null where there is nothing to apply: of a heartbeat, and of a damaged message
 * @param damage why it cannot be read; null if it can
 */
record Delivered(Incoming incoming, Event event, String damage) {
  Message message() {
    return incoming.message();
  }

  /** Which release it came by; null if it comes for the first time, or is a repeat. */
  String release() {
    Object release = message().headers().get(ParkedMessages.RELEASED);
    return release == null ? null : release.toString();
  }

  /** How large it is, as it was before it was compressed. */
  long bytes() {
    long bytes = message().body().length;
    if (event == null || message().content().encoding().isEmpty()) {
      return bytes;
    }
    long document = event.document() == null ? 0 : event.document().length();
    return Math.max(
        bytes, document + event.details().values().stream().mapToLong(Json::length).sum());
  }

  boolean isOnDocument() {
    return event != null && event.type().isOnDocument();
  }
}
