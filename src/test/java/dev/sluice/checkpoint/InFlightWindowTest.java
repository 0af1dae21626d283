package dev.sluice.checkpoint;

import static dev.sluice.testing.Events.behind;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Position;
import dev.sluice.testing.Events;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

class InFlightWindowTest {
  private final InFlightWindow window = new InFlightWindow(8, 1_000);

  /** Takes events in and publishes them, each of a document of its own. */
  private void publish(int events) {
    for (int i = 0; i < events; i++) {
      long number = window.add(behind(window.last() + 1), 10, 7, ((int) window.last() + 1) * 31);
      assertThat(window.publish(number)).isTrue();
    }
  }

  @Test
  void hasNoPositionBeforeTheFirstConfirm() {
    publish(2);

    assertThat(window.position()).isEmpty();
  }

  @Test
  void movesThePositionOnlyOverThePrefixThatIsConfirmedWithoutAGap() {
    publish(4);

    assertThat(window.confirm(2, 2)).isFalse();
    assertThat(window.confirm(4, 4)).isFalse();
    assertThat(window.position()).isEmpty();

    assertThat(window.confirm(1, 1)).isTrue();
    assertThat(window.position()).contains(behind(2));

    assertThat(window.confirm(3, 3)).isTrue();
    assertThat(window.position()).contains(behind(4));
    assertThat(window.size()).isZero();
    assertThat(window.bytes()).isZero();
  }

  @Test
  void keepsHowFarASnapshotIsUntilSomethingMovesItOrEndsIt() {
    BsonDocument before = BsonDocument.parse("{left: 2}");
    BsonDocument after = BsonDocument.parse("{left: 1}");
    InFlightWindow amid = new InFlightWindow(8, 1_000, true, before, Optional.empty());
    List.of(
            behind(1),
            new Position.WithSnapshot(behind(1), after),
            behind(2),
            new Position.WithSnapshot(behind(2), Position.NO_SNAPSHOT))
        .forEach(
            position -> {
              long number = amid.add(position, 1, 7, 31 * (amid.last() + 1));
              amid.publish(number);
            });

    amid.confirm(1, 1);
    assertThat(amid.position()).contains(Position.of(behind(1), before));
    amid.confirm(3, 3);
    assertThat(amid.confirmedAhead()).containsExactly(behind(2));
    amid.confirm(2, 2);
    assertThat(amid.position()).contains(Position.of(behind(2), after));
    amid.confirm(4, 4);
    assertThat(amid.position()).contains(behind(2));
  }

  @Test
  void confirmsAllUpToANumberAtOnce() {
    publish(5);

    window.confirm(1, 4);

    assertThat(window.position()).contains(behind(4));
    assertThat(window.awaitingConfirm()).isEqualTo(1);
  }

  @Test
  void takesAConfirmThatComesTwiceOnce() {
    publish(2);
    window.confirm(1, 1);

    assertThat(window.confirm(1, 1)).isFalse();
    assertThat(window.position()).contains(behind(1));
    assertThat(window.awaitingConfirm()).isEqualTo(1);
  }

  @Test
  void refusesAConfirmForWhatWasNeverPublished() {
    window.add(behind(1), 10, 7, 1);

    assertThatThrownBy(() -> window.confirm(1, 1)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> window.confirm(2, 2)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void isFullByCount() {
    publish(8);
    assertThat(window.hasRoom()).isFalse();

    window.confirm(1, 1);

    assertThat(window.hasRoom()).isTrue();
  }

  @Test
  void isFullByBytesAndTakesTheOneThatPassesThem() {
    window.add(behind(1), 999, 7, 1);
    assertThat(window.hasRoom()).isTrue();

    window.add(behind(2), 16_000_000, 7, 2);

    assertThat(window.hasRoom()).isFalse();
    assertThat(window.bytes()).isEqualTo(16_000_999);
  }

  @Test
  void whatConcernsACollectionWaitsForThatCollectionOnly() {
    long a = window.add(behind(1), 10, 7, 1);
    long b = window.add(behind(2), 10, 8, 2);
    long endOfA = window.add(behind(3), 10, 7, Change.EVERY_DOCUMENT);
    long moreOfB = window.add(behind(4), 10, 8, 3);
    long newA = window.add(behind(5), 10, 7, 4);
    window.publish(a);
    window.publish(b);

    assertThat(window.publish(endOfA)).isFalse();
    window.confirm(a, a);
    assertThat(window.publish(endOfA)).as("b is of another collection").isTrue();
    assertThat(window.publish(moreOfB)).isTrue();
    assertThat(window.publish(newA)).isFalse();
    window.confirm(endOfA, endOfA);
    assertThat(window.publish(newA)).isTrue();
  }

  @Test
  void whatConcernsAllCollectionsWaitsForAllAndAllForIt() {
    long a = window.add(behind(1), 10, 7, 1);
    long all = window.add(behind(2), 10, Change.EVERY_COLLECTION, Change.EVERY_DOCUMENT);
    long b = window.add(behind(3), 10, 8, 2);
    window.publish(a);

    assertThat(window.publish(all)).isFalse();
    window.confirm(a, a);
    assertThat(window.publish(all)).isTrue();
    assertThat(window.publish(b)).isFalse();
    window.confirm(all, all);
    assertThat(window.publish(b)).isTrue();
  }

  @Test
  void countsAMessageThatIsLargerThanItsEvent() {
    long first = window.add(behind(1), 400, 7, 1);
    long second = window.add(behind(2), 400, 7, 2);

    window.encoded(first, 1_200);
    window.encoded(second, 100);

    assertThat(window.bytes()).isEqualTo(1_600);
    assertThat(window.hasRoom()).isFalse();
    window.publish(first);
    window.confirm(first, first);
    assertThat(window.bytes()).isEqualTo(400);
    assertThat(window.hasRoom()).isTrue();
  }

  @Test
  void takesInNoMoreThanAMegabyteThatIsNotEncoded() {
    InFlightWindow wide = new InFlightWindow(8, Long.MAX_VALUE);
    long first = wide.add(behind(1), 1_000_000, 7, 1);
    assertThat(wide.hasRoom()).isTrue();
    long second = wide.add(behind(2), 1_000_000, 7, 2);
    assertThat(wide.hasRoom()).isFalse();

    assertThat(wide.encoded(first, 6_000_000)).as("room where there was none").isTrue();
    assertThat(wide.encoded(second, 10)).as("there was room before").isFalse();

    assertThat(wide.hasRoom()).isTrue();
    assertThat(wide.bytes()).isEqualTo(7_000_000);
  }

  @Test
  void givesNoRoomForAStuckFirstEvent() {
    publish(8);
    window.confirm(8, 8);
    window.confirm(7, 7);

    assertThat(window.hasRoom()).isFalse();
  }

  @Test
  void letsOnlyOneEventOfADocumentBeUnconfirmed() {
    long first = window.add(behind(1), 10, 7, 42);
    long second = window.add(behind(2), 10, 7, 42);
    assertThat(window.publish(first)).isTrue();
    assertThat(window.publish(second)).isFalse();

    window.confirm(first, first);

    assertThat(window.publish(second)).isTrue();
  }

  @Test
  void keepsTheDocumentOfARefusedEventForThatEvent() {
    long first = window.add(behind(1), 10, 7, 42);
    long second = window.add(behind(2), 10, 7, 42);
    window.publish(first);

    assertThat(window.refuse(first)).isTrue();

    assertThat(window.awaitingConfirm()).isZero();
    assertThat(window.publish(second)).isFalse();
    assertThat(window.publish(first)).isTrue();
    assertThat(window.publish(second)).isFalse();
    window.confirm(first, first);
    assertThat(window.publish(second)).isTrue();
  }

  /** RabbitMQ returns a message and then confirms it. */
  @Test
  void takesNoConfirmOfARefusedEvent() {
    publish(3);
    window.refuse(2);

    window.confirm(1, 3);

    assertThat(window.position()).contains(behind(1));
    assertThat(window.confirmedAhead()).containsExactly(behind(3));
    assertThat(window.refuse(3)).isFalse();
  }

  @Test
  void knowsTheEventsThatAreConfirmedAheadAlsoBehindProgress() {
    publish(4);
    window.progress(3, behind(100));

    window.confirm(3, 4);
    assertThat(window.confirmedAhead()).containsExactlyInAnyOrder(behind(3), behind(4));
    window.confirm(1, 2);

    assertThat(window.confirmedAhead()).isEmpty();
  }

  @Test
  void passesOverWhatIsConfirmedFromBefore() {
    window.add(behind(1), 10, 7, 1);
    window.add(behind(2), 10, 7, 2);

    window.passOver(2);
    assertThat(window.position()).isEmpty();
    assertThat(window.confirmedAhead()).containsExactly(behind(2));
    window.publish(1);
    window.confirm(1, 1);

    assertThat(window.position()).contains(behind(2));
    assertThat(window.size()).isZero();
  }

  @Test
  void letsAWholeWindowOfDifferentDocumentsBeUnconfirmed() {
    InFlightWindow wide = new InFlightWindow(5_000, Long.MAX_VALUE);

    for (int i = 1; i <= 5_000; i++) {
      ChangeEvent event = Events.insertOfObjectId(i);
      assertThat(wide.publish(wide.add(event.position(), 1, 7, event.documentHash()))).isTrue();
    }
  }

  @Test
  void movesThePositionOfAnIdleStream() {
    assertThat(window.progress(0, behind(100))).isTrue();
    assertThat(window.position()).contains(behind(100));
  }

  @Test
  void holdsProgressBackUntilTheEventsBeforeItAreConfirmed() {
    publish(2);

    assertThat(window.progress(2, behind(100))).isFalse();
    assertThat(window.position()).isEmpty();

    window.confirm(1, 2);
    assertThat(window.position()).contains(behind(100));
  }

  @Test
  void keepsProgressThatIsToldBeforeItsEventsCome() {
    window.progress(2, behind(100));
    window.progress(2, behind(101));

    publish(3);
    window.confirm(1, 2);
    assertThat(window.position()).contains(behind(101));

    window.confirm(3, 3);
    assertThat(window.position()).contains(behind(3));
  }

  @Test
  void passesOverProgressThatIsOlderThanItsPosition() {
    publish(3);
    window.confirm(1, 3);

    assertThat(window.progress(1, behind(100))).isFalse();
    assertThat(window.position()).contains(behind(3));
  }

  @Test
  void neverMovesBackOrOverAGapWhateverTheOrderOfConfirms() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      InFlightWindow shuffled = new InFlightWindow(64, Long.MAX_VALUE);
      List<Long> open = new ArrayList<>();
      long published = 0;
      List<Long> confirmed = new ArrayList<>();
      while (confirmed.size() < 500) {
        if (published < 500 && shuffled.hasRoom() && random.nextBoolean()) {
          long number = shuffled.add(behind(published + 1), 1, 7, (int) published);
          if (!shuffled.publish(number)) {
            break;
          }
          published = number;
          open.add(number);
        } else if (!open.isEmpty()) {
          Collections.swap(open, open.size() - 1, random.nextInt(open.size()));
          long number = open.remove(open.size() - 1);
          shuffled.confirm(number, number);
          confirmed.add(number);
          long prefix = 0;
          while (confirmed.contains(prefix + 1)) {
            prefix++;
          }
          assertThat(shuffled.confirmedEvents()).as("seed %d", seed).isEqualTo(prefix);
        }
      }
    }
  }
}
