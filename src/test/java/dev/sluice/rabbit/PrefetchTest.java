package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PrefetchTest {
  private final Prefetch prefetch = new Prefetch(2_000, 1_000);

  @Test
  void staysWhereMessagesAreSmall() {
    assertThat(prefetch.lowers(2_000, 1_000)).isFalse();
    assertThat(prefetch.messages()).isEqualTo(2_000);
  }

  @Test
  void isHalfOfTheMessagesThatWereTooMuch() {
    assertThat(prefetch.lowers(10, 1_001)).isTrue();
    assertThat(prefetch.messages()).isEqualTo(5);
  }

  @Test
  void oneMessageIsAlwaysTaken() {
    assertThat(prefetch.lowers(2, 5_000)).isTrue();
    assertThat(prefetch.messages()).isEqualTo(1);
    assertThat(prefetch.lowers(1, 5_000)).isFalse();
  }
}
