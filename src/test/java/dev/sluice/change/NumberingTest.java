package dev.sluice.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;

class NumberingTest {
  private static final int FAR_AHEAD = (int) 4_100_000_000L;

  private static Optional<BsonTimestamp> at(int seconds) {
    return Optional.of(new BsonTimestamp(seconds, 1));
  }

  @Test
  void eachNumberIsAboveTheOneBefore() {
    long first = Numbering.next(0, at(1_700_000_000));
    long second = Numbering.next(first, at(1_700_000_000));

    assertThat(second).isEqualTo(first + 1);
    assertThat(Numbering.next(second, at(1_600_000_000))).isEqualTo(second + 1);
    assertThat(Numbering.next(second, Optional.empty())).isEqualTo(second + 1);
  }

  /** MongoDB came back from a backup: the old history had more events than the new one has yet. */
  @Test
  void whatIsCommittedLaterIsAboveAllThatWasThere() {
    long last = Numbering.next(0, at(1_700_000_000));
    for (int i = 0; i < 1_000_000; i++) {
      last = Numbering.next(last, at(1_700_000_000));
    }

    long anew = Numbering.next(0, at(1_700_000_001));

    assertThat(anew).isGreaterThan(last);
  }

  @Test
  void secondsOfTheWholeRangeFit() {
    assertThat(Numbering.next(0, at(FAR_AHEAD))).isPositive();
  }
}
