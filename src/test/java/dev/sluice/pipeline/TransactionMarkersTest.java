package dev.sluice.pipeline;

import static dev.sluice.testing.TransactionEvents.inTransaction;
import static dev.sluice.testing.TransactionEvents.invalidation;
import static dev.sluice.testing.TransactionEvents.moment;
import static dev.sluice.testing.TransactionEvents.ofOtherVersion;
import static dev.sluice.testing.TransactionEvents.plain;
import static dev.sluice.testing.TransactionEvents.time;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Commit;
import dev.sluice.change.Namespace;
import dev.sluice.change.Oversized;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.testing.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TransactionMarkersTest {
  private static final UUID SESSION = UUID.fromString("68a0bf3d-eaa2-4194-8b0b-1bf8d2af0d15");
  private static final UUID OTHER = UUID.fromString("00000000-eaa2-4194-8b0b-1bf8d2af0d15");
  private static final Position BEGINNING = new Position.At(time(1));

  private final List<Change> out = new ArrayList<>();
  private TransactionMarkers markers = new TransactionMarkers(BEGINNING);

  private void bring(Change... changes) {
    for (Change change : changes) {
      markers.change(change, out::add);
    }
  }

  private boolean mark(ResumeToken token) {
    return markers.mark(token, false, out::add);
  }

  private void resume(Change behind) {
    markers = new TransactionMarkers(behind.position());
    out.clear();
  }

  private Commit onlyCommit() {
    List<Commit> commits =
        out.stream().filter(Commit.class::isInstance).map(Commit.class::cast).toList();
    assertThat(commits).hasSize(1);
    return commits.get(0);
  }

  private static Commit.Count count(String collection, long events) {
    return new Commit.Count(new Namespace("scrabble", collection), events);
  }

  @Test
  void tellsOfATransactionBehindItsLastEventAndBeforeTheNextOne() {
    ChangeEvent first = inTransaction(2, 0, SESSION, 16, "plays", 1);
    ChangeEvent second = inTransaction(2, 1, SESSION, 16, "moves", 2);
    ChangeEvent third = inTransaction(2, 3, SESSION, 16, "plays", 3);
    ChangeEvent next = plain(3, "plays", 4);

    bring(first, second, third, next);

    Commit commit = onlyCommit();
    assertThat(out).containsExactly(first, second, third, commit, next);
    assertThat(commit.counts()).containsExactly(count("plays", 2), count("moves", 1));
    assertThat(commit.events()).isEqualTo(3);
    assertThat(commit.transaction().number()).isEqualTo(16);
    assertThat(commit.order()).isEqualTo(third.order());
    assertThat(commit.position()).isEqualTo(new Position.At(time(3)));
  }

  @Test
  void tellsOfEachOfTwoTransactionsOfOneSession() {
    bring(
        inTransaction(2, 0, SESSION, 16, "plays", 1),
        inTransaction(3, 0, SESSION, 17, "plays", 1),
        plain(4, "plays", 2));

    assertThat(out).hasSize(5);
    assertThat(out.get(1)).isInstanceOf(Commit.class);
    assertThat(out.get(3)).isInstanceOf(Commit.class);
    assertThat(out.get(1).id()).isNotEqualTo(out.get(3).id());
    assertThat(out.get(1).position()).isNotEqualTo(out.get(3).position());
  }

  @Test
  void tellsOfATransactionOnceTheServerSaysThatItHasComePastItsTime() {
    ChangeEvent event = inTransaction(2, 0, SESSION, 16, "plays", 1);
    bring(event);

    assertThat(mark(event.token())).isTrue();
    assertThat(mark(moment(2))).isTrue();
    assertThat(out).containsExactly(event);
    assertThat(mark(moment(3))).isTrue();
    assertThat(out).hasSize(2).last().isInstanceOf(Commit.class);
    mark(moment(4));

    assertThat(out).hasSize(2);
  }

  @Test
  void tellsOfATransactionAtTheEndOfTheStream() {
    bring(inTransaction(2, 0, SESSION, 16, "plays", 1));

    markers.completed(out::add);

    assertThat(onlyCommit().events()).isEqualTo(1);
  }

  @Test
  void saysNothingWhereNothingWasCommittedTogether() {
    bring(plain(2, "plays", 1), plain(3, "plays", 2));
    mark(moment(9));

    assertThat(out).hasSize(2);
  }

  @Test
  void tellsTransactionsOfSeveralShardsApartWhichHaveOneTime() {
    ChangeEvent next = plain(3, "plays", 9);
    bring(
        inTransaction(2, 0, SESSION, 16, "plays", 1),
        inTransaction(2, 0, OTHER, 4, "moves", 2),
        inTransaction(2, 1, SESSION, 16, "plays", 3),
        plain(2, "plays", 4),
        inTransaction(2, 1, OTHER, 4, "moves", 5),
        next);

    assertThat(out).hasSize(8).last().isEqualTo(next);
    assertThat(((Commit) out.get(5)).counts()).containsExactly(count("plays", 2));
    assertThat(((Commit) out.get(6)).counts()).containsExactly(count("moves", 2));
  }

  @Test
  void countsWhatIsTooLargeToBeSent() {
    bring(
        inTransaction(2, 0, SESSION, 16, "plays", 1),
        new Oversized(inTransaction(2, 1, SESSION, 16, "plays", 2), "too large"),
        plain(3, "plays", 3));

    assertThat(onlyCommit().events()).isEqualTo(2);
  }

  @Test
  void leavesWhatIsDamagedToTheEncoder() {
    ChangeEvent damaged =
        Events.of(
            new org.bson.BsonDocument("_id", moment(2).toBson())
                .append("operationType", new org.bson.BsonString("insert")));

    bring(inTransaction(2, 0, SESSION, 16, "plays", 1), damaged, plain(3, "plays", 3));

    assertThat(out).contains(damaged);
    assertThat(onlyCommit().events()).isEqualTo(1);
  }

  @Test
  void countsFromTheFirstEventOnWhenTheStreamGoesOnInTheMiddle() {
    ChangeEvent first = inTransaction(2, 0, SESSION, 16, "plays", 1);
    ChangeEvent second = inTransaction(2, 4, SESSION, 16, "moves", 2);
    ChangeEvent third = inTransaction(2, 5, SESSION, 16, "plays", 3);
    resume(second);

    assertThat(markers.opening()).isEqualTo(new Position.At(time(2)));
    bring(first, second, third, plain(3, "plays", 4));

    assertThat(out).hasSize(3).startsWith(third);
    assertThat(onlyCommit().counts()).containsExactly(count("plays", 2), count("moves", 1));
  }

  @Test
  void tellsOfATransactionWhoseEventsAreAllPublished() {
    ChangeEvent first = inTransaction(2, 0, SESSION, 16, "plays", 1);
    bring(first, plain(3, "plays", 2));
    Commit told = onlyCommit();
    resume(first);

    bring(first);
    assertThat(mark(moment(2))).isFalse();
    assertThat(mark(first.token())).isFalse();
    assertThat(out).isEmpty();
    assertThat(mark(moment(3))).isTrue();

    assertThat(onlyCommit()).isEqualTo(told);
    assertThat(onlyCommit().id()).isEqualTo(told.id());
  }

  @Test
  void passesOverNothingAfterwards() {
    ChangeEvent first = inTransaction(2, 0, SESSION, 16, "plays", 1);
    resume(first);
    bring(first);
    ChangeEvent next = plain(3, "plays", 2);

    bring(next);
    assertThat(mark(next.token())).isTrue();

    assertThat(out).contains(next);
  }

  @Test
  void publishesAgainWhatItCannotCompareWithThePosition() {
    ChangeEvent first = inTransaction(2, 0, SESSION, 16, "plays", 1);
    markers = new TransactionMarkers(new Position.After(ofOtherVersion(first)));

    bring(first, plain(3, "plays", 2));

    assertThat(out).hasSize(3).startsWith(first);
    assertThat(onlyCommit().events()).isEqualTo(1);
  }

  @Test
  void goesOnWhereItShouldIfNoEventOfThatTimeIsBehind() {
    for (Position position :
        List.of(
            BEGINNING,
            new Position.After(moment(2)),
            new Position.After(invalidation(2)),
            new Position.After(Events.token(2)))) {
      assertThat(new TransactionMarkers(position).opening()).isEqualTo(position);
    }
  }
}
