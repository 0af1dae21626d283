package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.checkpoint.InFlightWindow;
import dev.sluice.pipeline.EventPublisher.Outcomes;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.testing.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Which of all messages a lane's confirms are about. */
class LaneNumbersTest {
  private final List<Long> confirmed = new ArrayList<>();
  private final List<PipelineException> lost = new ArrayList<>();

  private LaneNumbers lane(int maxInFlight) {
    return new LaneNumbers(new Heard(), maxInFlight);
  }

  @Test
  void aConfirmOfOneNamesItsNumberAmongAll() {
    LaneNumbers lane = lane(10);
    lane.next(2);
    lane.next(5);

    lane.confirmed(2, false);

    assertThat(confirmed).containsExactly(5L);
  }

  @Test
  void aConfirmOfAllUpToOneNamesEachThatIsDue() {
    LaneNumbers lane = lane(10);
    for (long number : new long[] {1, 4, 6, 9}) {
      lane.next(number);
    }
    lane.confirmed(2, false);

    lane.confirmed(3, true);

    assertThat(confirmed).containsExactly(4L, 1L, 6L);
  }

  @Test
  void aConfirmThatComesAgainIsPassedOver() {
    LaneNumbers lane = lane(10);
    lane.next(7);
    lane.confirmed(1, false);

    lane.confirmed(1, false);
    lane.confirmed(1, true);

    assertThat(confirmed).containsExactly(7L);
  }

  @Test
  void aConfirmOfWhatWasNeverPublishedEndsTheChannel() {
    lane(10).confirmed(1, false);

    assertThat(lost).hasSize(1);
    assertThat(confirmed).isEmpty();
  }

  /** Numbers come into slots as soon as the window has room, also in the middle of a confirm. */
  @Test
  void aRoomThatIsTakenWhileItIsMadeConfirmsNothingThatIsNotDue() {
    int max = 8;
    Random random = new Random(42);
    InFlightWindow window = new InFlightWindow(max, Long.MAX_VALUE);
    TreeSet<Long> due = new TreeSet<>();
    LaneNumbers[] lane = new LaneNumbers[1];
    Runnable fill =
        () -> {
          while (window.hasRoom()) {
            long number =
                window.add(Events.insert(1).position(), 1, due.size() + random.nextLong());
            window.publish(number);
            lane[0].next(number);
            due.add(number);
          }
        };
    lane[0] =
        new LaneNumbers(
            new Heard() {
              @Override
              public void confirmed(long number, boolean upTo) {
                assertThat(due.remove(number)).as("message %d is due", number).isTrue();
                window.confirm(number, upTo);
                fill.run();
              }
            },
            max);
    fill.run();

    for (int i = 0; i < 10_000; i++) {
      // One lane has them all, so its tags are their numbers.
      long one = due.stream().skip(random.nextInt(due.size())).findFirst().orElseThrow();
      boolean upTo = random.nextBoolean();
      lane[0].confirmed(one, upTo);
      assertThat(due.contains(one)).isFalse();
      assertThat(upTo ? due.headSet(one) : new TreeSet<>()).isEmpty();
    }
    assertThat(lost).isEmpty();
  }

  private class Heard implements Outcomes {
    @Override
    public void confirmed(long number, boolean upTo) {
      assertThat(upTo).isFalse();
      confirmed.add(number);
    }

    @Override
    public void refused(PipelineException failure) {}

    @Override
    public void returned(String messageId, PipelineException failure) {}

    @Override
    public void lost(PipelineException failure) {
      lost.add(failure);
    }

    @Override
    public void blocked(String reason) {}

    @Override
    public void unblocked() {}
  }
}
