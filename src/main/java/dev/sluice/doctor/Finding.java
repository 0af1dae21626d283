package dev.sluice.doctor;

import java.util.List;
import java.util.Objects;

/**
 * What a check has found.
 *
 * @param check its name
 * @param sentence without its point; where something is wrong, with the remedy
 * @param details more of it, a line each
 */
public record Finding(String check, Verdict verdict, String sentence, List<String> details) {
  public Finding {
    Objects.requireNonNull(check, "check");
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(sentence, "sentence");
    details = List.copyOf(details);
  }
}
