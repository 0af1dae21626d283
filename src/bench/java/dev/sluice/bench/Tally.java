package dev.sluice.bench;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * Counts what comes out of a queue or a stream, and what is wrong with it: by the number in each
 * body, or, of bodies that do not show it, by message-ids. Not thread-safe.
 */
final class Tally {
  private final int expected;
  private final boolean byId;
  private final BitSet seen = new BitSet();
  private final Set<String> ids = new HashSet<>();
  private long messages;
  private int doubled;
  private int reordered;
  private int strange;
  private int before = -1;

  /**
   * @param expected numbers from 0 on that should be there, or messages
   * @param byId whether bodies are not looked into; then nothing is known of the order
   */
  Tally(int expected, boolean byId) {
    this.expected = expected;
    this.byId = byId;
  }

  void note(byte[] body, String id) {
    messages++;
    if (byId) {
      doubled += ids.add(id) ? 0 : 1;
    } else {
      note(Marker.in(body));
    }
  }

  private void note(int number) {
    if (number < 0 || number >= expected) {
      strange++;
      return;
    }
    doubled += seen.get(number) ? 1 : 0;
    reordered += number < before ? 1 : 0;
    seen.set(number);
    before = number;
  }

  long messages() {
    return messages;
  }

  QueueCheck check() {
    int there = byId ? ids.size() : seen.cardinality();
    return new QueueCheck(messages, expected - there, doubled, reordered, strange);
  }
}
