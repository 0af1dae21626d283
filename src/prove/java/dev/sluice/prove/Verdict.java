package dev.sluice.prove;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the judge found.
 *
 * @param acknowledged writes that a majority of the replica set has
 * @param landings every write whose event came out, in the order in which they first did
 * @param lost acknowledged writes whose event did not come out
 * @param findings all else that is wrong
 * @param repeats messages that the publisher sent again
 * @param redelivered messages that the broker handed out again
 * @param uncertain writes without an answer
 * @param others operations that are no writes, and how often they came
 */
record Verdict(
    long acknowledged,
    List<Landing> landings,
    List<AttemptedWrite> lost,
    Findings findings,
    List<Repeats.Repeat> repeats,
    long redelivered,
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

  /** How many writes each of several partitions told of first, by its number. */
  Map<String, Long> ofPartitions() {
    return landings.stream()
        .collect(
            Collectors.groupingBy(
                landing -> landing.message().partition(), TreeMap::new, Collectors.counting()));
  }

  /** Whether all that is due has come, so that there is nothing to wait for. */
  boolean isComplete() {
    return lost.isEmpty() && findings.of(Offence.WRONG_COMMIT).isEmpty();
  }

  boolean isClean() {
    return lost.isEmpty()
        && Stream.of(Offence.values()).allMatch(offence -> findings.of(offence).isEmpty());
  }

  String line() {
    return "acked=%d delivered=%d lost=%d reordered=%d repeated=%d "
            .formatted(
                acknowledged,
                delivered(),
                lost.size(),
                findings.of(Offence.REORDERED).size(),
                repeated())
        + Stream.of(Offence.values())
            .filter(offence -> offence != Offence.REORDERED)
            .map(offence -> offence.word() + "=" + findings.of(offence).size())
            .collect(Collectors.joining(" "));
  }
}
