package dev.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.doctor.Finding;
import dev.sluice.doctor.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingLinesTest {
  private final StringWriter shown = new StringWriter();

  private FindingLines lines(boolean colours, boolean json) {
    FindingLines lines = new FindingLines(new PrintWriter(shown), colours, json);
    lines.add(new Finding("settings", Verdict.OK, "2 keys are set", List.of("A=1 (default)")));
    lines.add(new Finding("rabbitmq queues", Verdict.WARNING, "somebody \"waits\"", List.of()));
    lines.end();
    return lines;
  }

  @Test
  void eachCheckIsALineAndItsDetailsStandBelow() {
    FindingLines lines = lines(false, false);

    assertThat(shown.toString().lines())
        .containsExactly(
            "ok       settings             2 keys are set",
            "         A=1 (default)",
            "warning  rabbitmq queues      somebody \"waits\"");
    assertThat(lines.worst()).isEqualTo(Verdict.WARNING);
  }

  @Test
  void verdictsAreColouredWhereColoursAreWelcome() {
    lines(true, false);

    assertThat(shown.toString()).contains("\u001b[32mok      \u001b[0m settings");
  }

  @Test
  void jsonIsOneLine() {
    lines(false, true);

    assertThat(shown.toString().lines())
        .containsExactly(
            "{\"verdict\": \"warning\", \"findings\": [{\"check\": \"settings\", \"verdict\": \"ok\","
                + " \"says\": \"2 keys are set\", \"details\": [\"A=1 (default)\"]}, {\"check\":"
                + " \"rabbitmq queues\", \"verdict\": \"warning\", \"says\": \"somebody \\\"waits\\\"\","
                + " \"details\": []}]}");
  }
}
