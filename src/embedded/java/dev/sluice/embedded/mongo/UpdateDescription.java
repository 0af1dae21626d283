package dev.sluice.embedded.mongo;

import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The delta of an update as the log shows it: changed, removed and truncated paths.
 *
 * <p>An update by operators logs the paths the operators name ({@code $push} that only appends logs
 * the new elements; other array operators the whole array). An update by pipeline logs the
 * difference of the two documents.
 */
final class UpdateDescription {

  private final TreeMap<String, Object> updated = new TreeMap<>();
  private final TreeSet<String> removed = new TreeSet<>();
  private final List<Document> truncated = new ArrayList<>();

  static UpdateDescription ofOperators(Document update, Document before, Document after) {
    UpdateDescription description = new UpdateDescription();
    for (Map.Entry<String, Object> operator : update.entrySet()) {
      if (operator.getValue() instanceof Document paths) {
        boolean push = operator.getKey().equals("$push");
        for (Map.Entry<String, Object> path : paths.entrySet()) {
          description.comparePath("", split(path.getKey()), before, after, push);
          if (operator.getKey().equals("$rename") && path.getValue() instanceof String target) {
            description.comparePath("", split(target), before, after, false);
          }
        }
      }
    }
    return description;
  }

  static UpdateDescription ofDifference(Document before, Document after) {
    UpdateDescription description = new UpdateDescription();
    description.compareDocuments("", before, after);
    return description;
  }

  private static List<String> split(String path) {
    return List.of(path.split("\\."));
  }

  private void comparePath(
      String prefix, List<String> path, Object before, Object after, boolean push) {
    String head = path.get(0);
    List<String> tail = path.subList(1, path.size());
    if (head.startsWith("$") && before instanceof List<?> old && after instanceof List<?> now) {
      for (int i = 0; i < now.size(); i++) {
        String element = join(prefix, Integer.toString(i));
        Object oldValue = i < old.size() ? old.get(i) : Absent.VALUE;
        compareStep(element, tail, oldValue, now.get(i), push);
      }
      return;
    }
    compareStep(join(prefix, head), tail, child(before, head), child(after, head), push);
  }

  private void compareStep(
      String path, List<String> tail, Object before, Object after, boolean push) {
    if (same(before, after)) {
      return;
    }
    if (after == Absent.VALUE) {
      removed.add(path);
    } else if (before == Absent.VALUE) {
      updated.put(path, after);
    } else if (!tail.isEmpty()) {
      comparePath(path, tail, before, after, push);
    } else if (push
        && before instanceof List<?> old
        && after instanceof List<?> now
        && startsWith(now, old)) {
      appended(path, old.size(), now);
    } else {
      updated.put(path, after);
    }
  }

  private void compareDocuments(String prefix, Document before, Document after) {
    for (String key : before.keySet()) {
      if (!after.containsKey(key)) {
        removed.add(join(prefix, key));
      }
    }
    for (Map.Entry<String, Object> field : after.entrySet()) {
      String path = join(prefix, field.getKey());
      Object old = child(before, field.getKey());
      compareValues(path, old, field.getValue());
    }
  }

  private void compareValues(String path, Object before, Object after) {
    if (same(before, after)) {
      return;
    }
    if (before instanceof Document old && after instanceof Document now && !now.isEmpty()) {
      compareDocuments(path, old, now);
    } else if (before instanceof List<?> old && after instanceof List<?> now && !now.isEmpty()) {
      compareArrays(path, old, now);
    } else {
      updated.put(path, after);
    }
  }

  private void compareArrays(String path, List<?> before, List<?> after) {
    int common = Math.min(before.size(), after.size());
    for (int i = 0; i < common; i++) {
      compareValues(join(path, Integer.toString(i)), before.get(i), after.get(i));
    }
    if (after.size() < before.size()) {
      truncated.add(new Document("field", path).append("newSize", after.size()));
    } else {
      appended(path, before.size(), after);
    }
  }

  private void appended(String path, int from, List<?> array) {
    for (int i = from; i < array.size(); i++) {
      updated.put(join(path, Integer.toString(i)), array.get(i));
    }
  }

  private static boolean startsWith(List<?> array, List<?> prefix) {
    return array.size() > prefix.size() && same(array.subList(0, prefix.size()), prefix);
  }

  private static Object child(Object parent, String name) {
    if (parent instanceof Document document) {
      return document.containsKey(name) ? document.get(name) : Absent.VALUE;
    }
    if (parent instanceof List<?> list
        && !name.isEmpty()
        && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int index = Integer.parseInt(name);
      return index < list.size() ? list.get(index) : Absent.VALUE;
    }
    return Absent.VALUE;
  }

  private static boolean same(Object a, Object b) {
    return Objects.equals(a, b);
  }

  private static String join(String prefix, String name) {
    return prefix.isEmpty() ? name : prefix + "." + name;
  }

  boolean isEmpty() {
    return updated.isEmpty() && removed.isEmpty() && truncated.isEmpty();
  }

  /** As it goes into the log: the fields of {@code updateDescription}, truncations included. */
  Document document() {
    Document fields = new Document();
    updated.forEach(fields::put);
    return new Document("updatedFields", fields)
        .append("removedFields", new ArrayList<>(removed))
        .append("truncatedArrays", truncated);
  }

  private enum Absent {
    VALUE
  }
}
