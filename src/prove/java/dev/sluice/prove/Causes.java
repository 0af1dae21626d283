package dev.sluice.prove;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** Which faults can be brought about in this run and how, and why the others cannot. */
final class Causes {
  private final Map<FaultKind, Cause> possible = new EnumMap<>(FaultKind.class);
  private final Map<FaultKind, String> impossible = new EnumMap<>(FaultKind.class);

  void can(FaultKind kind, Cause cause) {
    possible.put(kind, cause);
  }

  void cannot(String reason, FaultKind... kinds) {
    for (FaultKind kind : kinds) {
      impossible.put(kind, reason);
    }
  }

  Cause of(FaultKind kind) {
    return possible.get(kind);
  }

  Set<FaultKind> possible() {
    return possible.keySet();
  }

  /** Each with its reason. */
  Map<FaultKind, String> impossible() {
    return impossible;
  }
}
