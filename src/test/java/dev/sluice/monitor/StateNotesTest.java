package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was told of states and failures, with the time at which it was. */
class StateNotesTest {
  private Instant now = Instant.parse("2026-11-26T12:00:00Z");
  private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
  private final StateNotes notes = new StateNotes(clock, List.of("TRANSIENT", "BUG"));

  private void passes(int seconds) {
    now = now.plusSeconds(seconds);
  }

  @Test
  void keepsSinceWhenItIsInAState() {
    notes.changed("STREAMING", "reading on");
    Instant since = now;
    passes(5);
    notes.changed("STREAMING", "RabbitMQ takes messages again");

    assertThat(notes.state().since()).isEqualTo(since);
    assertThat(notes.state().reason()).isEqualTo("RabbitMQ takes messages again");
  }

  @Test
  void addsUpForHowLongItWasBlocked() {
    notes.changed("BLOCKED", "memory");
    passes(3);
    notes.changed("BLOCKED", "disk");
    passes(4);
    assertThat(notes.blocked()).isEqualTo(Duration.ofSeconds(7));
    notes.changed("STREAMING", "again");
    passes(100);
    assertThat(notes.blocked()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void keepsTheNewestTwentyFailuresAndOfTheSameTheLast() {
    notes.failed("TRANSIENT", "away");
    passes(1);
    notes.failed("TRANSIENT", "away");
    assertThat(notes.failures()).hasSize(1);
    assertThat(notes.failures().get(0).at()).isEqualTo(now);
    assertThat(notes.failuresByKind()).containsEntry("transient", 2L).containsEntry("bug", 0L);

    for (int i = 1; i <= 25; i++) {
      notes.failed("TRANSIENT", "failure " + i);
    }

    assertThat(notes.failures()).hasSize(20);
    assertThat(notes.failures().get(0).message()).isEqualTo("failure 25");
  }
}
