package dev.sluice.prove;

import java.util.List;
import java.util.Map;

/**
 * What the judge found.
 *
 * @param acknowledged writes that a majority of the replica set has
 * @param landings every write whose event came out, in the order in which they first did
 * @param lost acknowledged writes whose event did not come out
 * @param reordered first deliveries that came behind a later write of their document
 * @param repeats messages that the publisher sent again
 * @param redelivered messages that the broker handed out again
 * @param changed repeats that differ from the first, and events that nobody wrote
 * @param uncertain writes without an answer
 * @param others operations that are no writes, and how often they came
 */
record Verdict(
    long acknowledged,
    List<Landing> landings,
    List<AttemptedWrite> lost,
    List<String> reordered,
    List<Repeats.Repeat> repeats,
    long redelivered,
    List<String> changed,
    long uncertain,
    Map<String, Integer> others) {

  long repeated() {
    return repeats.size();
  }

  /** How many of the acknowledged writes came out. */
  long delivered() {
    return acknowledged - lost.size();
  }

  /** How many writes came out although nobody acknowledged them; each may have. */
  long uncertainDelivered() {
    return landings.size() - delivered();
  }

  boolean isClean() {
    return lost.isEmpty() && reordered.isEmpty() && changed.isEmpty();
  }

  String line() {
    return "acked=%d delivered=%d lost=%d reordered=%d repeated=%d changed=%d"
        .formatted(
            acknowledged, delivered(), lost.size(), reordered.size(), repeated(), changed.size());
  }
}
