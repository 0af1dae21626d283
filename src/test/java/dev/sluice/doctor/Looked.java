package dev.sluice.doctor;

import static org.assertj.core.api.Assertions.assertThat;

/** What a check has come to. */
final class Looked {
  private Looked() {}

  /**
   * @param parts of its sentence, or of what stands below it
   */
  static void assertFinding(Check check, Verdict verdict, String... parts) {
    Finding found = check.look().block();
    assertThat(found.verdict()).as(found.toString()).isEqualTo(verdict);
    String shown = found.sentence() + "\n" + String.join("\n", found.details());
    for (String part : parts) {
      assertThat(shown).contains(part);
    }
  }
}
