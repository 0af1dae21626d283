package dev.sluice.prove;

import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which write of its document a delete is: its message has no sequence. It follows from its place
 * among the document's other events in MongoDB's own order, not from when it came.
 */
final class DeleteNumbers {
  private DeleteNumbers() {}

  /**
   * @param firsts first messages of events
   * @param writes by their documents and sequences
   */
  static Map<Arrival, Integer> of(
      Collection<Arrival> firsts, Map<Subject, TreeMap<Integer, AttemptedWrite>> writes) {
    Map<Subject, List<Arrival>> byDocument =
        firsts.stream()
            .filter(first -> Judge.WRITES.contains(first.event().operation()))
            .sorted(Comparator.comparing(first -> first.event().position()))
            .collect(Collectors.groupingBy(first -> first.event().subject()));
    Map<Arrival, Integer> numbers = new IdentityHashMap<>();
    byDocument.forEach(
        (document, events) -> {
          List<Integer> deletes =
              writes.getOrDefault(document, new TreeMap<>()).values().stream()
                  .filter(write -> write.kind() == WriteKind.DELETE && !write.isAborted())
                  .map(AttemptedWrite::sequence)
                  .toList();
          number(events, deletes, numbers);
        });
    return numbers;
  }

  private static void number(
      List<Arrival> arrivals, List<Integer> deletes, Map<Arrival, Integer> numbers) {
    int behind = Arrival.UNNUMBERED;
    Arrival before = null;
    for (Arrival arrival : arrivals) {
      Arrival.Event event = arrival.event();
      if (!event.operation().equals(WriteKind.DELETE.operation())) {
        behind = Math.max(behind, event.sequence());
      } else if (before != null && event.isSameAs(before.event())) {
        numbers.put(arrival, numbers.get(before));
      } else {
        int after = behind;
        int number = deletes.stream().filter(n -> n > after).findFirst().orElse(Arrival.UNNUMBERED);
        numbers.put(arrival, number);
        behind = Math.max(behind, number);
      }
      before = arrival;
    }
  }
}
