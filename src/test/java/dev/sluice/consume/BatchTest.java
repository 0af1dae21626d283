package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYERS;
import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.delete;
import static dev.sluice.consume.GivenEvents.gone;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static dev.sluice.consume.GivenEvents.rename;
import static dev.sluice.consume.GivenEvents.update;
import static dev.sluice.consume.GivenEvents.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.change.Namespace;
import dev.sluice.consume.Event.State;
import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
  private static final Event EXPIRED =
      without(EventType.UPDATE, PLAYS, key(1), position(5), State.EXPIRED);

  private static List<Batch.Step> steps(Event... events) {
    return new Batch(List.of(events)).steps();
  }

  private static void assertRefused(Event... events) {
    assertThatThrownBy(() -> steps(events))
        .isInstanceOfSatisfying(
            TargetException.class, refused -> assertThat(refused.event()).contains(EXPIRED));
  }

  @Test
  void aLaterStateOfTheDocumentMakesUpForOneThatWasNotKept() {
    Event update = update(PLAYS, key(1), position(6), "{}");
    assertThat(steps(EXPIRED, update)).containsExactly(new Batch.States(List.of(update)));
    Event delete = delete(PLAYS, key(1), position(7));
    assertThat(steps(EXPIRED, gone(PLAYS, key(1), position(6)), delete))
        .containsExactly(new Batch.States(List.of(delete)));
  }

  @Test
  void nothingElseDoes() {
    assertRefused(EXPIRED);
    assertRefused(EXPIRED, update(PLAYS, key(2), position(6), "{}"));
    assertRefused(EXPIRED, update(PLAYERS, key(1), position(6), "{}"));
    assertRefused(EXPIRED, gone(PLAYS, key(1), position(6)));
    assertRefused(EXPIRED, insert(PLAYS, key(1), position(4), "{}"));
    assertRefused(update(PLAYS, key(1), position(4), "{}"), EXPIRED);
    assertRefused(
        EXPIRED,
        rename(PLAYS, new Namespace("scrabble", "old"), position(6)),
        insert(PLAYS, key(1), position(7), "{}"));
  }
}
