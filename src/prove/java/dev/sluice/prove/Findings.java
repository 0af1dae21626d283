package dev.sluice.prove;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a judge has found so far, one sentence each. Not thread-safe. */
final class Findings {
  private final Map<Offence, List<String>> found = new EnumMap<>(Offence.class);

  Findings() {
    for (Offence offence : Offence.values()) {
      found.put(offence, new ArrayList<>());
    }
  }

  void add(Offence offence, String sentence, Object... values) {
    found.get(offence).add(sentence.formatted(values));
  }

  List<String> of(Offence offence) {
    return List.copyOf(found.get(offence));
  }
}
