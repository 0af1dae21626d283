package dev.sluice.bench;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many objects of each class a heap has, and their bytes. Of a heap that was never collected it
 * is what was ever allocated, and the difference of two is what was allocated between them.
 */
final class ClassCounts {
  /**
   * @param type its class
   * @param objects how many; of a difference, for each event
   */
  record Count(String type, double objects, double bytes) {
    private Count plus(Count other) {
      return new Count(type, objects + other.objects, bytes + other.bytes);
    }
  }

  private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

  /** A class of a lambda has a number and an address, others in each process. */
  private static final Pattern LAMBDA = Pattern.compile("\\$\\$Lambda.*");

  private static final Map<Character, String> PRIMITIVES =
      Map.of(
          'Z', "boolean", 'B', "byte", 'C', "char", 'D', "double", 'F', "float", 'I', "int", 'J',
          "long", 'S', "short");

  private final Map<String, Count> counts = new TreeMap<>();

  /**
   * @param histogram as {@code jcmd GC.class_histogram} writes it
   */
  static ClassCounts read(String histogram) {
    ClassCounts all = new ClassCounts();
    for (String line : histogram.lines().toList()) {
      Matcher one = LINE.matcher(line);
      if (one.matches()) {
        all.add(
            new Count(
                readable(one.group(3)),
                Long.parseLong(one.group(1)),
                Long.parseLong(one.group(2))));
      }
    }
    if (all.counts.isEmpty()) {
      throw new IllegalStateException("No histogram: " + histogram);
    }
    return all;
  }

  private void add(Count count) {
    counts.merge(count.type(), count, Count::plus);
  }

  /** What there is more of than in the earlier one, for each of so many events. */
  ClassCounts since(ClassCounts earlier, int events) {
    ClassCounts more = new ClassCounts();
    counts.forEach(
        (type, now) -> {
          Count then = earlier.of(type);
          more.add(
              new Count(
                  type,
                  (now.objects() - then.objects()) / events,
                  (now.bytes() - then.bytes()) / events));
        });
    return more;
  }

  /** Those of this class; none if there are none. */
  Count of(String type) {
    return counts.getOrDefault(type, new Count(type, 0, 0));
  }

  /** The most frequent first. */
  List<Count> byNumber() {
    return counts.values().stream()
        .sorted(Comparator.comparingDouble(Count::objects).reversed())
        .toList();
  }

  /** All those of this owner's classes together. */
  Count of(CodeOwner owner) {
    return counts.values().stream()
        .filter(count -> CodeOwner.of(count.type()) == owner)
        .reduce(new Count(owner.text(), 0, 0), Count::plus);
  }

  Count all() {
    return counts.values().stream().reduce(new Count("all", 0, 0), Count::plus);
  }

  /** From {@code [Ljava.lang.Object;} to {@code java.lang.Object[]}; lambdas without a number. */
  static String readable(String type) {
    int depth = type.lastIndexOf('[') + 1;
    String element = type.substring(depth);
    if (depth > 0) {
      element =
          element.startsWith("L")
              ? element.substring(1, element.length() - 1)
              : PRIMITIVES.get(element.charAt(0));
    }
    return LAMBDA.matcher(element).replaceFirst("\\$\\$Lambda") + "[]".repeat(depth);
  }
}
