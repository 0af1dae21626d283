package dev.sluice.prove;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * Which faults strike when. A function of the seed, the duration and the kinds alone: the same
 * three give the same schedule, on any machine. Every kind strikes once before any strikes again.
 */
final class Schedule {
  /** By then the writers are at their pace. */
  private static final Duration FIRST = Duration.ofSeconds(2);

  private Schedule() {}

  /** Draws faults until no further one fits. */
  static List<PlannedFault> draw(long seed, Duration duration, Collection<FaultKind> kinds) {
    Random random = new Random(seed);
    List<FaultKind> inOrder = kinds.stream().distinct().sorted().toList();
    List<PlannedFault> schedule = new ArrayList<>();
    Deque<FaultKind> bag = new ArrayDeque<>();
    Duration at = FIRST;
    while (true) {
      if (bag.isEmpty()) {
        bag.addAll(shuffled(inOrder, random));
      }
      Duration rest = duration.minus(at);
      FaultKind kind = firstThatFits(bag, rest);
      if (kind == null) {
        return List.copyOf(schedule);
      }
      bag.remove(kind);
      Duration lasts = between(kind.shortest(), kind.longest(), random);
      schedule.add(new PlannedFault(kind, at, lasts, random.nextLong()));
      at = at.plus(lasts).plus(kind.pause());
    }
  }

  private static List<FaultKind> shuffled(List<FaultKind> kinds, Random random) {
    List<FaultKind> shuffled = new ArrayList<>(kinds);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  /** The pause behind it may reach beyond the end: no other fault follows there. */
  private static FaultKind firstThatFits(Deque<FaultKind> bag, Duration rest) {
    return bag.stream().filter(kind -> kind.longest().compareTo(rest) < 0).findFirst().orElse(null);
  }

  private static Duration between(Duration shortest, Duration longest, Random random) {
    long millis = longest.minus(shortest).toMillis();
    return shortest.plusMillis(millis == 0 ? 0 : random.nextLong(millis + 1));
  }
}
