package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a judge says of transactions and positions: each test commits one crime. */
class TransactionsJudgedTest {
  private static final String ID = "session/7";

  private final Docket docket = new Docket();
  private final TransactionAttempt attempt = new TransactionAttempt("t");

  private AttemptedWrite inTransaction(String document, int sequence, WriteKind kind) {
    return docket.begun(document, sequence, kind, Optional.of(attempt));
  }

  private static Docket.Message message(String document, int sequence, WriteKind kind, int index) {
    return Docket.message(document, sequence, kind).at(Docket.position(9, index)).in(ID);
  }

  /** Two writes to a and one to b between them. */
  private void threeWrites() {
    inTransaction("a", 0, WriteKind.INSERT);
    inTransaction("b", 0, WriteKind.INSERT);
    inTransaction("a", 1, WriteKind.UPDATE);
  }

  private void committed() {
    threeWrites();
    attempt.writes().forEach(write -> write.acknowledged(5));
  }

  @Test
  void oneThatCameOutWholeIsClean() {
    committed();
    docket.arrives(message("a", 0, WriteKind.INSERT, 0));
    docket.arrives(message("b", 0, WriteKind.INSERT, 1));
    docket.arrives(message("a", 1, WriteKind.UPDATE, 2));

    assertThat(docket.verdict().isClean()).isTrue();
  }

  @Test
  void aWriteOfAnAbortedOneMustNotComeOut() {
    threeWrites();
    attempt.writes().forEach(AttemptedWrite::aborted);
    docket.arrives(message("b", 0, WriteKind.INSERT, 1));

    assertThat(docket.verdict().isClean()).isFalse();
    assertThat(docket.found(Offence.ABORTED))
        .containsExactly("insert 0 of b in shop.orders came out");
    assertThat(docket.verdict().line()).contains("acked=0 delivered=0 lost=0", "aborted=1");
  }

  @Test
  void anAbortedOneThatDoesNotComeOutIsNeitherLostNorUncertain() {
    threeWrites();
    attempt.writes().forEach(AttemptedWrite::aborted);

    assertThat(docket.verdict().isClean()).isTrue();
    assertThat(docket.verdict().uncertain()).isZero();
  }

  @Test
  void oneThatNobodyAnsweredForComesOutWholeOrNotAtAll() {
    threeWrites();
    assertThat(docket.verdict().isClean()).isTrue();

    docket.arrives(message("a", 0, WriteKind.INSERT, 0));
    docket.arrives(message("a", 1, WriteKind.UPDATE, 2));

    assertThat(docket.found(Offence.ABORTED))
        .containsExactly(
            "transaction t came out in part: 2 of its 3 writes, and not insert 0 of b in shop.orders");
  }

  @Test
  void positionsThatDoNotAscendWithTheWritesAreNamed() {
    committed();
    docket.arrives(message("a", 0, WriteKind.INSERT, 1));
    docket.arrives(message("b", 0, WriteKind.INSERT, 0));
    docket.arrives(message("a", 1, WriteKind.UPDATE, 2));

    assertThat(docket.found(Offence.WRONG_POSITION))
        .containsExactly(
            "insert 0 of b in shop.orders in transaction t has the position "
                + Docket.position(9, 0)
                + ", and the write before it "
                + Docket.position(9, 1));
  }

  @Test
  void twoWritesOfADocumentWithOnePositionAreNamed() {
    docket.acknowledged("a", 0, WriteKind.INSERT);
    docket.acknowledged("a", 1, WriteKind.UPDATE);
    docket.arrives("a", 0, WriteKind.INSERT);
    docket.arrives(Docket.message("a", 1, WriteKind.UPDATE).at(Docket.position(0, 0)));

    assertThat(docket.found(Offence.WRONG_POSITION))
        .containsExactly(
            "update 1 of a in shop.orders has the position "
                + Docket.position(0, 0)
                + ", and write 0 before it "
                + Docket.position(0, 0));
  }

  @Test
  void aRepeatWithAnotherPositionIsChanged() {
    docket.acknowledged("a", 0, WriteKind.INSERT);
    docket.arrives("a", 0, WriteKind.INSERT);
    docket.arrives(Docket.message("a", 0, WriteKind.INSERT).at(Docket.position(0, 1)));

    assertThat(docket.found(Offence.CHANGED))
        .containsExactly(
            "message-id a0 stands for insert 0 of a in shop.orders and for insert 0 of a in"
                + " shop.orders");
  }

  @Test
  void eventsThatAreNotToldAsOneTransactionAreNamed() {
    committed();
    docket.arrives(message("a", 0, WriteKind.INSERT, 0));
    docket.arrives(message("b", 0, WriteKind.INSERT, 1).in("session/8"));
    docket.arrives(Docket.message("a", 1, WriteKind.UPDATE).at(Docket.position(9, 2)));

    assertThat(docket.found(Offence.CHANGED))
        .containsExactly(
            "insert 0 of b in shop.orders is told as part of the transaction session/8, and the"
                + " first of it of session/7",
            "update 1 of a in shop.orders is not told as part of its transaction");
  }

  @Test
  void eventsOfATransactionAtTwoTimesAreNamed() {
    committed();
    docket.arrives(message("a", 0, WriteKind.INSERT, 0));
    docket.arrives(message("b", 0, WriteKind.INSERT, 1));
    docket.arrives(message("a", 1, WriteKind.UPDATE, 2).at(Docket.position(10, 0)));

    assertThat(docket.found(Offence.WRONG_POSITION))
        .containsExactly(
            "update 1 of a in shop.orders has the position "
                + Docket.position(10, 0)
                + ", and was committed together with "
                + Docket.position(9, 0));
  }

  @Test
  void aWriteOfItsOwnThatIsToldAsPartOfATransactionIsChanged() {
    docket.acknowledged("a", 0, WriteKind.INSERT);
    docket.arrives(Docket.message("a", 0, WriteKind.INSERT).in(ID));

    assertThat(docket.found(Offence.CHANGED))
        .containsExactly("insert 0 of a in shop.orders is told as part of a transaction");
  }
}
