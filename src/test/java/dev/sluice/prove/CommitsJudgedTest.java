package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a judge says of the marks at the ends of transactions: each test commits one crime. */
class CommitsJudgedTest {
  private static final String ID = "session/7";
  private static final String LAST = Docket.position(9, 1);

  private final Docket docket = new Docket();
  private final TransactionAttempt attempt = new TransactionAttempt("t");

  @BeforeEach
  void aTransactionOfTwoWrites() {
    docket.withCommits();
    docket.begun("a", 0, WriteKind.INSERT, Optional.of(attempt)).acknowledged(5);
    docket.begun("a", 1, WriteKind.UPDATE, Optional.of(attempt)).acknowledged(5);
  }

  private void bothArrive() {
    docket.arrives(Docket.message("a", 0, WriteKind.INSERT).at(Docket.position(9, 0)).in(ID));
    docket.arrives(Docket.message("a", 1, WriteKind.UPDATE).at(LAST).in(ID));
  }

  private void isMarked(String messageId, String transaction, long count, String position, int at) {
    Arrival.Event event =
        new Arrival.Event(
            new Subject(".", ""),
            "commit",
            Arrival.UNNUMBERED,
            position,
            Optional.of(transaction),
            Map.of(Docket.NAMESPACE, count),
            Arrival.Images.NONE);
    docket.arrives(new Arrival(at, Docket.QUEUE, false, messageId, event, "digest", List.of(), ""));
  }

  @Test
  void oneMarkBehindAllIsClean() {
    bothArrive();
    isMarked("m", ID, 2, LAST, 101);

    assertThat(docket.verdict().isClean()).isTrue();
    assertThat(docket.verdict().isComplete()).isTrue();
    assertThat(docket.verdict().others()).containsEntry("commit", 1);
  }

  @Test
  void anEndThatIsNotMarkedIsNamedAndWaitedFor() {
    bothArrive();

    assertThat(docket.verdict().isClean()).isFalse();
    assertThat(docket.verdict().isComplete()).isFalse();
    assertThat(docket.found(Offence.WRONG_COMMIT))
        .containsExactly("the end of transaction t is not marked");
  }

  @Test
  void anEndThatIsMarkedTwiceIsNamed() {
    bothArrive();
    isMarked("m", ID, 2, LAST, 101);
    isMarked("another id", ID, 2, LAST, 102);

    assertThat(docket.found(Offence.WRONG_COMMIT))
        .containsExactly("the end of transaction t is marked 2 times");
  }

  @Test
  void aRepeatOfTheMarkIsNone() {
    bothArrive();
    isMarked("m", ID, 2, LAST, 101);
    isMarked("m", ID, 2, LAST, 102);

    assertThat(docket.verdict().isClean()).isTrue();
    assertThat(docket.verdict().repeated()).isEqualTo(1);
  }

  @Test
  void wrongCountsAreNamed() {
    bothArrive();
    isMarked("m", ID, 1, LAST, 101);

    assertThat(docket.found(Offence.WRONG_COMMIT))
        .containsExactly(
            "the end of transaction t counts {shop.orders=1}, and it has {shop.orders=2}");
  }

  @Test
  void aMarkWithAnotherPositionThanTheLastEventIsNamed() {
    bothArrive();
    isMarked("m", ID, 2, Docket.position(9, 0), 101);

    assertThat(docket.found(Offence.WRONG_COMMIT))
        .containsExactly(
            "the end of transaction t has the position "
                + Docket.position(9, 0)
                + ", and its last event "
                + LAST);
  }

  @Test
  void aMarkBeforeAnEventInItsQueueIsNamed() {
    isMarked("m", ID, 2, LAST, 99);
    bothArrive();

    assertThat(docket.found(Offence.WRONG_COMMIT))
        .containsExactly(
            "the end of transaction t came before insert 0 of a in shop.orders",
            "the end of transaction t came before update 1 of a in shop.orders");
  }

  @Test
  void theMarkOfATransactionThatNobodyCommittedIsNamed() {
    bothArrive();
    isMarked("m", ID, 2, LAST, 101);
    isMarked("n", "session/8", 1, LAST, 102);

    assertThat(docket.found(Offence.WRONG_COMMIT))
        .containsExactly("nobody committed the transaction session/8");
  }
}
