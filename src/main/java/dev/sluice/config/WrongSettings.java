package dev.sluice.config;

import java.util.List;

/** Settings that cannot be used: every problem found, not just the first. */
public final class WrongSettings extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> problems;

  WrongSettings(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** A single problem, found by the part that the setting is for. */
  public static WrongSettings of(String problem) {
    return new WrongSettings(List.of(problem));
  }

  /** One sentence each, naming the setting and the remedy. No secrets. */
  public List<String> problems() {
    return problems;
  }
}
