package dev.sluice.prove;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Holds what was written against what came out. It sees no server and no clock: the same two lists
 * give the same verdict. For one thread, once.
 */
final class Judge {
  private static final Set<String> WRITES =
      Stream.of(WriteKind.values()).map(WriteKind::operation).collect(Collectors.toSet());

  private final Map<String, TreeMap<Integer, AttemptedWrite>> writes = new HashMap<>();
  private final Map<String, Arrival> firsts = new LinkedHashMap<>();
  private final Map<AttemptedWrite, Landing> landings = new LinkedHashMap<>();
  private final List<String> reordered = new ArrayList<>();
  private final List<String> changed = new ArrayList<>();
  private final Map<String, Integer> others = new TreeMap<>();
  private final List<Repeats.Repeat> repeats = new ArrayList<>();
  private long redelivered;

  private Judge() {}

  /**
   * @param writes those of one document in ascending order
   * @param arrivals in the order in which they came
   */
  static Verdict judge(Collection<AttemptedWrite> writes, List<Arrival> arrivals) {
    Judge judge = new Judge();
    for (AttemptedWrite write : writes) {
      judge
          .writes
          .computeIfAbsent(write.document(), document -> new TreeMap<>())
          .put(write.sequence(), write);
    }
    arrivals.forEach(judge::sortOutRepeats);
    judge.holdAgainstWrites();
    return judge.verdict(writes);
  }

  private void sortOutRepeats(Arrival arrival) {
    Arrival first = firsts.putIfAbsent(arrival.messageId(), arrival);
    if (first == null) {
      return;
    }
    if (arrival.redelivered()) {
      redelivered++;
    } else {
      repeats.add(new Repeats.Repeat(first.at(), arrival.at()));
    }
    if (!first.isOfSameEvent(arrival)) {
      changed.add(
          "message-id %s stands for %s and for %s"
              .formatted(arrival.messageId(), told(first), told(arrival)));
    } else if (!first.digest().equals(arrival.digest())) {
      changed.add(
          "the body of %s (message-id %s) differs in a repeat"
              .formatted(told(first), arrival.messageId()));
    }
  }

  private void holdAgainstWrites() {
    Map<Arrival, Integer> deletes = numberDeletes();
    Map<String, Integer> newest = new HashMap<>();
    for (Arrival first : firsts.values()) {
      if (first.operation().equals(Arrival.UNREADABLE)) {
        changed.add("a message cannot be read: " + first.digest());
        continue;
      }
      if (!WRITES.contains(first.operation())) {
        others.merge(first.operation(), 1, Integer::sum);
        continue;
      }
      int sequence = deletes.getOrDefault(first, first.sequence());
      AttemptedWrite write = writes.getOrDefault(first.document(), new TreeMap<>()).get(sequence);
      if (write == null || !write.kind().operation().equals(first.operation())) {
        changed.add("nobody wrote %s (message-id %s)".formatted(told(first), first.messageId()));
      } else if (landings.putIfAbsent(write, new Landing(write, first.at())) != null) {
        changed.add("%s came out under a second message-id %s".formatted(write, first.messageId()));
      } else {
        checkOrder(write, newest);
      }
    }
  }

  private void checkOrder(AttemptedWrite write, Map<String, Integer> newest) {
    int before = newest.getOrDefault(write.document(), -1);
    if (write.sequence() < before) {
      reordered.add("%s came behind write %d".formatted(write, before));
    } else {
      newest.put(write.document(), write.sequence());
    }
  }

  /**
   * The message of a delete has no sequence. Which of the document's deletes it is follows from its
   * place among the document's other events in MongoDB's own order, not from when it came.
   */
  private Map<Arrival, Integer> numberDeletes() {
    Map<String, List<Arrival>> byDocument =
        firsts.values().stream()
            .filter(first -> WRITES.contains(first.operation()))
            .sorted(Comparator.comparingLong(Arrival::clusterTime))
            .collect(Collectors.groupingBy(Arrival::document));
    Map<Arrival, Integer> numbers = new IdentityHashMap<>();
    byDocument.forEach(
        (document, events) -> {
          List<Integer> deletes =
              writes.getOrDefault(document, new TreeMap<>()).values().stream()
                  .filter(write -> write.kind() == WriteKind.DELETE)
                  .map(AttemptedWrite::sequence)
                  .toList();
          numberDeletes(events, deletes, numbers);
        });
    return numbers;
  }

  private static void numberDeletes(
      List<Arrival> events, List<Integer> deletes, Map<Arrival, Integer> numbers) {
    int behind = Arrival.UNNUMBERED;
    Arrival before = null;
    for (Arrival event : events) {
      if (!event.operation().equals(WriteKind.DELETE.operation())) {
        behind = Math.max(behind, event.sequence());
      } else if (before != null && event.isOfSameEvent(before)) {
        numbers.put(event, numbers.get(before));
      } else {
        int after = behind;
        int number = deletes.stream().filter(n -> n > after).findFirst().orElse(Arrival.UNNUMBERED);
        numbers.put(event, number);
        behind = Math.max(behind, number);
      }
      before = event;
    }
  }

  private Verdict verdict(Collection<AttemptedWrite> all) {
    List<AttemptedWrite> due = all.stream().filter(AttemptedWrite::isAcknowledged).toList();
    return new Verdict(
        due.size(),
        List.copyOf(landings.values()),
        due.stream().filter(write -> !landings.containsKey(write)).toList(),
        List.copyOf(reordered),
        List.copyOf(repeats),
        redelivered,
        List.copyOf(changed),
        all.size() - due.size(),
        others);
  }

  private static String told(Arrival arrival) {
    String number = arrival.sequence() < 0 ? "" : " " + arrival.sequence();
    return arrival.operation() + number + " of " + arrival.document();
  }
}
