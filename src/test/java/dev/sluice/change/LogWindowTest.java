package dev.sluice.change;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;

class LogWindowTest {
  private static final LogWindow WINDOW =
      new LogWindow(new BsonTimestamp(1_000, 5), new BsonTimestamp(4_600, 2));

  @Test
  void reachesFromItsOldestEntryToItsNewest() {
    assertThat(WINDOW.length()).isEqualTo(Duration.ofHours(1));
    assertThat(WINDOW.reachesBackTo(new BsonTimestamp(1_000, 5))).isTrue();
    assertThat(WINDOW.reachesBackTo(new BsonTimestamp(1_000, 4))).isFalse();
    assertThat(WINDOW.reachesBackTo(new BsonTimestamp(4_600, 2))).isTrue();
    assertThat(WINDOW.reachesBackTo(new BsonTimestamp(4_600, 3))).as("not there yet").isFalse();
  }

  @Test
  void tellsHowLongAPositionHasLeftAndHowFarItIsBehind() {
    BsonTimestamp position = new BsonTimestamp(1_060, 1);

    assertThat(WINDOW.left(position)).isEqualTo(Duration.ofMinutes(1));
    assertThat(WINDOW.lag(position)).isEqualTo(Duration.ofMinutes(59));
  }

  @Test
  void givesAPositionThatHasFallenOffLessThanNothing() {
    assertThat(WINDOW.left(new BsonTimestamp(400, 1))).isEqualTo(Duration.ofMinutes(-10));
  }

  /** A timestamp's seconds have 32 bits and no sign. */
  @Test
  void countsOnBehindTheYear2038() {
    BsonTimestamp before = new BsonTimestamp(Integer.MAX_VALUE, 1);
    BsonTimestamp behind = new BsonTimestamp(Integer.MIN_VALUE + 9, 1);
    LogWindow window = new LogWindow(before, behind);

    assertThat(window.length()).isEqualTo(Duration.ofSeconds(10));
    assertThat(window.reachesBackTo(new BsonTimestamp(Integer.MIN_VALUE, 1))).isTrue();
    assertThat(window.left(behind)).isEqualTo(Duration.ofSeconds(10));
  }
}
