package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TallyTest {
  private static byte[] body(int number) {
    return ("{\"ref\":\"" + Marker.of(number) + "\"}").getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void whatIsMissingDoubledReorderedAndStrangeIsToldApart() {
    Tally tally = new Tally(5, false);
    for (int number : new int[] {0, 2, 1, 2, 7}) {
      tally.note(body(number), "");
    }
    tally.note("none".getBytes(StandardCharsets.UTF_8), "");

    assertThat(tally.check()).isEqualTo(new QueueCheck(6, 2, 1, 1, 2));
  }

  @Test
  void bodiesThatShowNoNumberAreCountedByTheirMessageIds() {
    Tally tally = new Tally(3, true);
    for (String id : new String[] {"b", "a", "b"}) {
      tally.note(new byte[0], id);
    }

    assertThat(tally.check()).isEqualTo(new QueueCheck(3, 1, 1, 0, 0));
  }
}
