package dev.sluice.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The objects of an event, as Markdown. */
final class ObjectTables {
  private static final int ROWS = 40;

  /** Of what is less there is a little of everything, made for a batch or by the clock. */
  private static final double WORTH_A_ROW = 0.005;

  private ObjectTables() {}

  /**
   * @param exact by class, for each event
   * @param sites the most frequent first
   */
  static List<String> of(
      Contender contender, Load load, ClassCounts exact, List<AllocationSites.Site> sites) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        String.format(
            Locale.ROOT,
            "Objects that %s makes for an event, of %,d inserts of %s:",
            contender.word(),
            load.events(),
            load.sizeText()));
    lines.add("");
    lines.add("| whose | objects of its classes | bytes | objects made in its code | bytes |");
    lines.add("|---|---|---|---|---|");
    for (CodeOwner owner : CodeOwner.values()) {
      ClassCounts.Count its = exact.of(owner);
      List<AllocationSites.Site> made =
          sites.stream().filter(site -> site.owner() == owner).toList();
      lines.add(
          String.format(
              Locale.ROOT,
              "| %s | %.2f | %,.0f | %.2f | %,.0f |",
              owner.text(),
              its.objects(),
              its.bytes(),
              objects(made),
              bytes(made)));
    }
    ClassCounts.Count all = exact.all();
    lines.add(String.format(Locale.ROOT, "| all | %.2f | %,.0f | | |", all.objects(), all.bytes()));
    lines.add("");
    lines.add("| class | objects | bytes |");
    lines.add("|---|---|---|");
    exact.byNumber().stream()
        .filter(count -> count.objects() >= WORTH_A_ROW)
        .limit(ROWS)
        .map(ObjectTables::row)
        .forEach(lines::add);
    lines.add("");
    lines.add("| made in | for | class | objects | bytes |");
    lines.add("|---|---|---|---|---|");
    sites.stream()
        .filter(site -> site.objects() >= WORTH_A_ROW)
        .limit(ROWS)
        .map(ObjectTables::row)
        .forEach(lines::add);
    lines.add("");
    lines.addAll(callers(sites));
    lines.add("");
    lines.add(
        "The numbers of a class are exact; where they are made is from a recording of each"
            + " allocation of fewer events, scaled to them. It is made in the nearest method that is"
            + " not the JDK's, for the nearest one that is Sluice's.");
    return lines;
  }

  /** What each method of Sluice has made, by whomever. */
  private static List<String> callers(List<AllocationSites.Site> sites) {
    Map<String, List<AllocationSites.Site>> by =
        sites.stream().collect(Collectors.groupingBy(AllocationSites.Site::caller));
    List<String> lines = new ArrayList<>();
    lines.add("| for this method of Sluice | objects | bytes | of which made in its own code |");
    lines.add("|---|---|---|---|");
    by.entrySet().stream()
        .sorted(Comparator.comparingDouble(one -> -objects(one.getValue())))
        .filter(one -> objects(one.getValue()) >= WORTH_A_ROW)
        .limit(ROWS)
        .map(
            one ->
                String.format(
                    Locale.ROOT,
                    "| `%s` | %.3f | %,.0f | %.3f |",
                    one.getKey(),
                    objects(one.getValue()),
                    bytes(one.getValue()),
                    objects(
                        one.getValue().stream()
                            .filter(site -> site.owner() == CodeOwner.SLUICE)
                            .toList())))
        .forEach(lines::add);
    return lines;
  }

  private static double objects(List<AllocationSites.Site> sites) {
    return sites.stream().mapToDouble(AllocationSites.Site::objects).sum();
  }

  private static double bytes(List<AllocationSites.Site> sites) {
    return sites.stream().mapToDouble(AllocationSites.Site::bytes).sum();
  }

  private static String row(ClassCounts.Count count) {
    return String.format(
        Locale.ROOT, "| `%s` | %.3f | %,.0f |", count.type(), count.objects(), count.bytes());
  }

  private static String row(AllocationSites.Site site) {
    return String.format(
        Locale.ROOT,
        "| `%s` | `%s` | `%s` | %.3f | %,.0f |",
        site.method(),
        site.caller().equals(site.method()) ? "itself" : site.caller(),
        site.type(),
        site.objects(),
        site.bytes());
  }
}
