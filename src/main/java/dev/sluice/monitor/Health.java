package dev.sluice.monitor;

import java.util.List;
import java.util.Objects;

/**
 * How a program is, for those who restart it or send it work.
 *
 * @param live what only a restart would mend, if it is not well
 * @param ready what it needs to do its work, or to take it over
 */
public record Health(List<Check> live, List<Check> ready) {
  /**
   * One thing that was looked at.
   *
   * @param says how it is; if it is not well, a sentence that can stand alone
   */
  public record Check(String name, boolean well, String says) {
    public Check {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(says, "says");
    }
  }

  public Health {
    live = List.copyOf(live);
    ready = List.copyOf(ready);
  }

  public boolean isLive() {
    return live.stream().allMatch(Check::well);
  }

  public boolean isReady() {
    return ready.stream().allMatch(Check::well);
  }

  /** One sentence for each reason; empty if it is ready. */
  public List<String> notReadyBecause() {
    return ready.stream().filter(check -> !check.well()).map(Check::says).toList();
  }
}
