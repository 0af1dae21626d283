package dev.sluice.checkpoint;

import static dev.sluice.testing.Events.behind;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Change;
import dev.sluice.change.Numbering;
import dev.sluice.change.Position;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Windows in which the changes of one document do not wait for each other. */
class LooseOrderTest {
  @Test
  void withoutStrictOrderOnlyWhatConcernsTheWholeCollectionWaits() {
    InFlightWindow loose =
        new InFlightWindow(8, 1_000, false, Position.NO_SNAPSHOT, Optional.empty());
    long first = loose.add(behind(1), 10, 7, 31);
    long second = loose.add(behind(2), 10, 7, 31);
    long drop = loose.add(behind(3), 10, 7, Change.EVERY_DOCUMENT);
    long behindIt = loose.add(behind(4), 10, 7, 31);

    assertThat(loose.publish(first)).isTrue();
    assertThat(loose.publish(second)).isTrue();
    assertThat(loose.publish(drop)).isFalse();
    loose.confirm(first, second);
    assertThat(loose.publish(drop)).isTrue();
    assertThat(loose.publish(behindIt)).isFalse();
    loose.confirm(drop, drop);
    assertThat(loose.publish(behindIt)).isTrue();
  }

  @Test
  void withoutStrictOrderThePositionStaysInFrontOfWhatIsRefused() {
    InFlightWindow loose =
        new InFlightWindow(8, 1_000, false, Position.NO_SNAPSHOT, Optional.empty());
    long first = loose.add(behind(1), 10, 7, 31);
    long second = loose.add(behind(2), 10, 7, 31);
    loose.publish(first);
    loose.publish(second);

    assertThat(loose.refuse(first)).isTrue();
    assertThat(loose.confirm(second, second)).isFalse();
    assertThat(loose.position()).isEmpty();
    assertThat(loose.publish(first)).isTrue();
    assertThat(loose.confirm(first, first)).isTrue();
    assertThat(loose.position()).contains(behind(2));
  }

  /** A broker that drops by numbers takes what comes behind one that it has not for both. */
  @Test
  void numberedEventsWaitForNothingButOneThatWasRefused() {
    InFlightWindow numbered =
        new InFlightWindow(
            8, 1_000, true, Position.NO_SNAPSHOT, Optional.of(new Numbering("series", 0, true)));
    long first = numbered.add(behind(1), 10, 7, 31);
    long second = numbered.add(behind(2), 10, 7, 31);
    long third = numbered.add(behind(3), 10, 7, 32);

    assertThat(numbered.publish(first)).isTrue();
    assertThat(numbered.publish(second)).isTrue();
    numbered.refuse(first);
    assertThat(numbered.publish(third)).isFalse();
    assertThat(numbered.publish(first)).isTrue();
    assertThat(numbered.publish(third)).isTrue();
  }
}
