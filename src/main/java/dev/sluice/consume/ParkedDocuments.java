package dev.sluice.consume;

import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which documents are parked: all later changes of one are parked too, until every message of it
 * that lies in the parking queue has come back and was applied. So nothing overtakes. What is known
 * here is derived from that queue when the first message comes, and kept nowhere else. For one
 * thread.
 */
final class ParkedDocuments {
  private static final class Parked {
    private final Set<String> messageIds = new HashSet<>();

    /** Releases that have failed at one of its messages: the rest of each has to stay behind. */
    private final Set<String> failedReleases = new HashSet<>();
  }

  private final Map<String, Parked> documents = new HashMap<>();

  /** A message that lies in the parking queue. */
  void found(Message message) {
    Object document = message.headers().get(Parking.DOCUMENT);
    if (document != null && message.headers().containsKey(ParkedMessages.PARKED_BY)) {
      Object release = message.headers().get(Parking.RELEASE);
      parked(document.toString(), message.messageId(), release == null ? null : release.toString());
    }
  }

  int count() {
    return documents.size();
  }

  /**
   * Whether this change of a document has to wait behind others.
   *
   * @param release null unless the message was released
   */
  boolean holdsBack(Event event, String release) {
    Parked parked = documents.isEmpty() ? null : documents.get(Parking.document(event));
    return parked != null && (release == null || parked.failedReleases.contains(release));
  }

  /** This change of a document is parked, and so its document is. */
  void parked(String document, String messageId, String release) {
    Parked parked = documents.computeIfAbsent(document, none -> new Parked());
    parked.messageIds.add(messageId);
    if (release != null) {
      parked.failedReleases.add(release);
    }
  }

  /** This change, which had been released, is applied. */
  void applied(Event event, String messageId) {
    String document = Parking.document(event);
    Parked parked = documents.get(document);
    if (parked != null) {
      parked.messageIds.remove(messageId);
      if (parked.messageIds.isEmpty()) {
        documents.remove(document);
      }
    }
  }
}
