package dev.sluice.prove;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The copy that a consumer keeps, and what is wrong with it. Kept twice: by someone who looks at
 * positions and leaves out what is older, and by someone who does what the messages say as they
 * come. Thread-safe.
 */
final class Copy {

  /**
   * What is there of a document, or that it is gone.
   *
   * @param number {@link CopyMessage#NONE} if it is gone
   */
  private record State(String position, int number) {}

  private final Map<String, State> byPosition = new HashMap<>();
  private final Map<String, Integer> asTheyCame = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private final Map<String, Integer> counts = new TreeMap<>();
  private final List<String> crimes = new ArrayList<>();
  private long repeated;
  private long messages;
  private boolean started;
  private boolean completed;

  synchronized void arrived(CopyMessage message) {
    messages++;
    boolean first = seen.add(message.id());
    if (first) {
      counts.merge(message.operation(), 1, Integer::sum);
    } else {
      repeated++;
    }
    if (message.key().isEmpty()) {
      started |= message.operation().equals(CopyMessage.STARTED);
      completed |= message.operation().equals(CopyMessage.COMPLETED);
      return;
    }
    if (first) {
      checkOrder(message);
    }
    State before = byPosition.get(message.key());
    if (before == null || before.position().compareTo(message.position()) <= 0) {
      byPosition.put(message.key(), new State(message.position(), message.number()));
    }
    asTheyCame.put(message.key(), message.number());
  }

  /** Of what comes for the first time; a repeat may tell of anything that was told before. */
  private void checkOrder(CopyMessage message) {
    State before = byPosition.get(message.key());
    if (before != null && message.position().compareTo(before.position()) < 0) {
      crimes.add(
          "WENT BACK  %s of %s at %s behind %s"
              .formatted(
                  message.operation(), message.key(), message.position(), before.position()));
    }
    if (message.torn()) {
      crimes.add(
          "TORN       %s of %s, number %d"
              .formatted(message.operation(), message.key(), message.number()));
    }
    if (message.operation().equals(CopyMessage.READ) && (!started || completed)) {
      crimes.add("OUTSIDE    a read of " + message.key() + " outside of the snapshot");
    }
  }

  synchronized boolean isCompleted() {
    return completed;
  }

  /** How many messages came, repeats and all. */
  synchronized long messages() {
    return messages;
  }

  synchronized long repeated() {
    return repeated;
  }

  /** How many messages came for the first time, by their operation. */
  synchronized Map<String, Integer> counts() {
    return Map.copyOf(counts);
  }

  /**
   * What is wrong, compared with the collection: the number of each document by its key.
   *
   * @return nothing if the copies are right
   */
  synchronized List<String> crimes(Map<String, Integer> collection) {
    List<String> found = new ArrayList<>(crimes);
    Map<String, Integer> guarded = new HashMap<>();
    byPosition.forEach((key, state) -> guarded.put(key, state.number()));
    compare("by position", guarded, collection, found);
    compare("as they came", asTheyCame, collection, found);
    if (!completed) {
      found.add("OPEN       no snapshot was completed");
    }
    return found;
  }

  private static void compare(
      String how, Map<String, Integer> copy, Map<String, Integer> collection, List<String> found) {
    collection.forEach(
        (key, number) -> {
          int copied = copy.getOrDefault(key, CopyMessage.NONE);
          if (copied == CopyMessage.NONE) {
            found.add("MISSING    %s, number %d (%s)".formatted(key, number, how));
          } else if (copied != number) {
            found.add("WRONG      %s has %d, not %d (%s)".formatted(key, copied, number, how));
          }
        });
    copy.forEach(
        (key, number) -> {
          if (number != CopyMessage.NONE && !collection.containsKey(key)) {
            found.add("GHOST      %s, number %d (%s)".formatted(key, number, how));
          }
        });
  }
}
