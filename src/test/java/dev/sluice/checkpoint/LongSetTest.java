package dev.sluice.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LongSetTest {
  @Test
  void hasWhatWasAddedAndNotRemoved() {
    LongSet set = new LongSet(3);
    set.add(7);
    set.add(-7);
    set.add(7);
    assertThat(set.contains(7)).isTrue();
    assertThat(set.contains(-7)).isTrue();
    assertThat(set.contains(8)).isFalse();
    set.remove(7);
    set.remove(8);
    assertThat(set.contains(7)).isFalse();
    assertThat(set.contains(-7)).isTrue();
  }

  @Test
  void zeroIsANumberLikeOthers() {
    LongSet set = new LongSet(1);
    assertThat(set.contains(0)).isFalse();
    set.add(0);
    assertThat(set.contains(0)).isTrue();
    set.remove(0);
    assertThat(set.contains(0)).isFalse();
  }

  @Test
  void doesAsTheLibrarysSetWhateverComes() {
    Random random = new Random(1);
    for (int most : new int[] {1, 2, 5, 16, 100}) {
      LongSet set = new LongSet(most);
      Set<Long> other = new HashSet<>();
      for (int i = 0; i < 20_000; i++) {
        // Few different numbers, so that they meet in the table and are found there again.
        long number = random.nextInt(2 * most + 1) * (random.nextBoolean() ? 1L : 1L << 40);
        if (other.size() < most && random.nextBoolean()) {
          set.add(number);
          other.add(number);
        } else {
          set.remove(number);
          other.remove(number);
        }
        for (long each = 0; each <= 2L * most; each++) {
          assertThat(set.contains(each)).isEqualTo(other.contains(each));
        }
      }
    }
  }
}
