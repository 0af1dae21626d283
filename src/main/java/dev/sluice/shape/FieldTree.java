package dev.sluice.shape;

import dev.sluice.config.FieldRule;
import dev.sluice.config.FieldRule.Action;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules for the fields of one collection, as a tree of their names. Immutable once it is built.
 *
 * <p>A field is found by walking down from {@link #root}. Where a name can be read in two ways (a
 * number is an element of an array, or a field of that name), both are followed, and the stricter
 * rule holds: rather too much is hidden than too little.
 */
final class FieldTree {
  /** What is done with a field; the later one wins over the earlier one. */
  enum Fate {
    KEEP,
    HASH,
    MASK,
    DROP
  }

  private static final class Node {
    private final Map<String, Node> children = new HashMap<>();
    private Fate fate = Fate.KEEP;
    private String newName;
    private boolean included;
    private boolean leadsToIncluded;
  }

  /**
   * A place in a document.
   *
   * @param nodes what the rules say of it and of what lies below; none if they say nothing
   * @param included whether it leaves, unless another rule says otherwise
   */
  record Place(List<Node> nodes, boolean included) {
    /** Whether all of it leaves as it is. */
    boolean isPlain() {
      return included && nodes.isEmpty();
    }

    /** Whether something below it leaves. */
    boolean leadsToIncluded() {
      return included || nodes.stream().anyMatch(node -> node.leadsToIncluded);
    }
  }

  /**
   * @param name under which it leaves
   */
  record Step(Place place, Fate fate, String name) {}

  private final Place root;

  private FieldTree(Place root) {
    this.root = root;
  }

  static FieldTree of(List<FieldRule> rules) {
    Node top = new Node();
    boolean includes = false;
    for (FieldRule rule : rules) {
      boolean isInclude = rule.action() == Action.INCLUDE;
      includes |= isInclude;
      Node node = top;
      for (String name : rule.path()) {
        node.leadsToIncluded |= isInclude;
        node = node.children.computeIfAbsent(name, unused -> new Node());
      }
      apply(rule, node);
    }
    List<Node> nodes = top.children.isEmpty() ? List.of() : List.of(top);
    return new FieldTree(new Place(nodes, !includes));
  }

  private static void apply(FieldRule rule, Node node) {
    switch (rule.action()) {
      case INCLUDE -> node.included = true;
      case EXCLUDE -> node.fate = stricter(node.fate, Fate.DROP);
      case MASK -> node.fate = stricter(node.fate, Fate.MASK);
      case HASH -> node.fate = stricter(node.fate, Fate.HASH);
      case RENAME -> node.newName = rule.newName();
    }
  }

  private static Fate stricter(Fate one, Fate other) {
    return one.compareTo(other) >= 0 ? one : other;
  }

  Place root() {
    return root;
  }

  /** From a place to the field of that name below it, which may be a path with dots in it. */
  static Step step(Place from, String name) {
    if (name.indexOf('.') < 0) {
      return stepOne(from, name);
    }
    Place place = from;
    Fate fate = Fate.KEEP;
    List<String> names = new ArrayList<>();
    for (String each : name.split("\\.", -1)) {
      Step step = stepOne(place, each);
      place = step.place();
      fate = stricter(fate, step.fate());
      names.add(step.name());
    }
    return new Step(place, fate, String.join(".", names));
  }

  private static Step stepOne(Place from, String name) {
    if (from.nodes().isEmpty()) {
      return new Step(from, Fate.KEEP, name);
    }
    boolean mayBeElement = isNumber(name);
    List<Node> below = new ArrayList<>(from.nodes().size());
    boolean included = from.included();
    Fate fate = Fate.KEEP;
    String newName = name;
    for (Node node : from.nodes()) {
      if (mayBeElement) {
        below.add(node);
      }
      Node child = node.children.get(name);
      if (child != null) {
        below.add(child);
        included |= child.included;
        fate = stricter(fate, child.fate);
        newName = child.newName == null ? newName : child.newName;
      }
    }
    return new Step(new Place(below, included), fate, newName);
  }

  private static boolean isNumber(String name) {
    return !name.isEmpty() && name.chars().allMatch(each -> each >= '0' && each <= '9');
  }
}
