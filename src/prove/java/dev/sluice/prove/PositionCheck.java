package dev.sluice.prove;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether the later one of two writes of a document has the greater position, by its text; also
 * within a transaction. That a repeat has the same one is part of being a repeat.
 */
final class PositionCheck {
  private PositionCheck() {}

  static void check(Collection<Landing> landings, Findings findings) {
    List<Landing> inOrder =
        landings.stream()
            .filter(landing -> !landing.message().event().position().isEmpty())
            .sorted(Comparator.comparingInt(landing -> landing.write().sequence()))
            .toList();
    Map<Subject, Landing> before = new HashMap<>();
    for (Landing landing : inOrder) {
      Landing former = before.put(landing.write().subject(), landing);
      if (former != null && position(former).compareTo(position(landing)) >= 0) {
        findings.add(
            Offence.WRONG_POSITION,
            "%s has the position %s, and write %d before it %s",
            landing.write(),
            position(landing),
            former.write().sequence(),
            position(former));
      }
    }
  }

  private static String position(Landing landing) {
    return landing.message().event().position();
  }
}
