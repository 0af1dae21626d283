package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.checkpoint.InFlightWindow;
import dev.sluice.pipeline.EventPublisher.Outcomes;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.testing.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which messages a channel's answers are about. */
class DeliveryTagsTest {
  private final List<String> confirmed = new ArrayList<>();
  private final List<Long> refused = new ArrayList<>();
  private final List<PipelineException> lost = new ArrayList<>();

  private DeliveryTags published(long... numbers) {
    DeliveryTags tags = new DeliveryTags(new Heard(), 10);
    for (long number : numbers) {
      tags.next(number);
    }
    return tags;
  }

  @Test
  void anAckOfOneNamesItsNumber() {
    published(2, 5).confirmed(2, false);

    assertThat(confirmed).containsExactly("5-5");
  }

  @Test
  void anAckOfManyOnOneChannelIsOneRun() {
    published(1, 2, 3, 4).confirmed(3, true);

    assertThat(confirmed).containsExactly("1-3");
  }

  @Test
  void anAckOfAllUpToOneNamesEachThatIsDue() {
    DeliveryTags tags = published(1, 4, 5, 9, 10);
    tags.confirmed(2, false);

    tags.confirmed(4, true);

    assertThat(confirmed).containsExactly("4-4", "1-1", "5-5", "9-9");
  }

  @Test
  void anAckThatComesAgainIsPassedOver() {
    DeliveryTags tags = published(7);
    tags.confirmed(1, false);

    tags.confirmed(1, false);
    tags.confirmed(1, true);

    assertThat(confirmed).containsExactly("7-7");
  }

  @Test
  void anAckOfAllUpToOneIsNotOfThoseThatWereNacked() {
    DeliveryTags tags = published(1, 2, 3, 4);
    tags.refused(2, false, "full");

    tags.confirmed(4, true);

    assertThat(refused).containsExactly(2L);
    assertThat(confirmed).containsExactly("1-1", "3-4");
  }

  @Test
  void aMessageThatIsPublishedAgainIsConfirmedByItsNewTag() {
    DeliveryTags tags = published(1, 2, 3);
    tags.confirmed(1, false);
    tags.refused(3, true, "full");
    tags.next(2);
    tags.next(3);
    tags.next(4);
    confirmed.clear();

    tags.confirmed(3, true);
    assertThat(confirmed).isEmpty();
    tags.confirmed(5, true);
    tags.confirmed(6, true);

    assertThat(refused).containsExactly(2L, 3L);
    assertThat(confirmed).containsExactly("2-3", "4-4");
  }

  @Test
  void anAnswerForWhatWasNeverPublishedEndsTheChannel() {
    published().confirmed(1, false);
    published().refused(1, false, "full");

    assertThat(lost).hasSize(2);
    assertThat(confirmed).isEmpty();
  }

  /** Else the tags between it and the newest would be without a bound. */
  @Test
  void aMessageThatIsNeverAnsweredWhileOthersAreEndsTheChannel() {
    DeliveryTags tags = published(1);

    assertThatThrownBy(
            () -> {
              for (long tag = 2; tag < 10_000; tag++) {
                tags.next(2);
                tags.refused(tag, false, "full");
              }
            })
        .isInstanceOf(PipelineException.class)
        .hasMessageContaining("without an answer");
  }

  /** Numbers come into slots as soon as the window has room, also in the middle of an ack. */
  @Test
  void whateverIsAckedNackedAndPublishedAgainNothingIsConfirmedThatIsNotDue() {
    int max = 8;
    Random random = new Random(42);
    InFlightWindow window = new InFlightWindow(max, Long.MAX_VALUE);
    TreeMap<Long, Long> due = new TreeMap<>();
    long[] newest = new long[1];
    DeliveryTags[] tags = new DeliveryTags[1];
    Runnable fill =
        () -> {
          while (window.hasRoom()) {
            long number = window.add(Events.insert(1).position(), 1, random.nextLong());
            window.publish(number);
            due.put(++newest[0], number);
            tags[0].next(number);
          }
        };
    tags[0] =
        new DeliveryTags(
            new Heard() {
              @Override
              public void confirmed(long first, long last) {
                for (long number = first; number <= last; number++) {
                  assertThat(due.values().remove(number)).as("message %d is due", number).isTrue();
                }
                window.confirm(first, last);
                fill.run();
              }

              @Override
              public void refused(long number, String why) {
                assertThat(due.values().remove(number)).as("message %d is due", number).isTrue();
                window.refuse(number);
                window.publish(number);
                due.put(++newest[0], number);
                tags[0].next(number);
              }
            },
            max);
    fill.run();

    for (int i = 0; i < 20_000; i++) {
      long tag = due.keySet().stream().skip(random.nextInt(due.size())).findFirst().orElseThrow();
      boolean upTo = random.nextBoolean();
      if (random.nextBoolean()) {
        tags[0].confirmed(tag, upTo);
      } else {
        tags[0].refused(tag, upTo, "full");
      }
      assertThat(due).doesNotContainKey(tag);
      assertThat(upTo ? due.headMap(tag) : new TreeMap<>()).isEmpty();
      assertThat(due).hasSize(window.awaitingConfirm());
    }
    assertThat(lost).isEmpty();
  }

  private class Heard implements Outcomes {
    @Override
    public void confirmed(long first, long last) {
      confirmed.add(first + "-" + last);
    }

    @Override
    public void refused(long number, String why) {
      refused.add(number);
    }

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
