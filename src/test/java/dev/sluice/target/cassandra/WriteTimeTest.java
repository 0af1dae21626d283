package dev.sluice.target.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.ChangePosition;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WriteTimeTest {
  private static String position(long seconds, int increment, int index) {
    return new ChangePosition(seconds << Integer.SIZE | increment, index).text();
  }

  @Test
  void isTheTimeOfDayWithTheIncrementAsMicroseconds() {
    assertThat(WriteTime.of(position(1_795_136_523, 5, 0)))
        .isEqualTo(new WriteTime(1_795_136_523_000_005L, false));
  }

  @Test
  void saysWhenSmallerPositionsMayHaveTheSame() {
    assertThat(WriteTime.of(position(1, 5, 3))).isEqualTo(new WriteTime(1_000_005, true));
    assertThat(WriteTime.of(position(1, 5, -1))).isEqualTo(new WriteTime(1_000_005, true));
    assertThat(WriteTime.of(position(1, 999_998, 0)).shared()).isFalse();
    assertThat(WriteTime.of(position(1, 999_999, 0))).isEqualTo(new WriteTime(1_999_999, true));
    assertThat(WriteTime.of(position(1, Integer.MAX_VALUE, 0)).micros()).isEqualTo(1_999_999);
  }

  @Test
  void neverFallsAndTellsAllButTheSharedApart() {
    Random random = new Random(1);
    int[] increments = {0, 1, 2, 999_997, 999_998, 999_999, 1_000_000, 5_000_000};
    for (int n = 0; n < 100_000; n++) {
      String one = some(random, increments);
      String other = some(random, increments);
      WriteTime smaller = WriteTime.of(one.compareTo(other) <= 0 ? one : other);
      WriteTime greater = WriteTime.of(one.compareTo(other) <= 0 ? other : one);
      assertThat(smaller.micros()).isLessThanOrEqualTo(greater.micros());
      if (!one.equals(other) && !greater.shared()) {
        assertThat(smaller.micros()).isLessThanOrEqualTo(greater.before());
      }
    }
  }

  private static String some(Random random, int[] increments) {
    return position(
        1_795_136_523 + random.nextInt(3),
        increments[random.nextInt(increments.length)],
        random.nextInt(3) - 1);
  }
}
