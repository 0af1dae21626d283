package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A judge that has never found a fault is no proof: each one is committed here. */
class JudgeTest {
  private static final String NONE_OF_THE_REST =
      "changed=0 two-partitions=0 wrong-queue=0 out-of-scope=0 aborted=0 wrong-image=0 wrong-position=0 wrong-commit=0 leaked=0";

  private final Docket docket = new Docket();

  private static Docket.Message message(String document, int sequence, WriteKind kind) {
    return Docket.message(document, sequence, kind);
  }

  private void acknowledged(String document, int sequence, WriteKind kind) {
    docket.acknowledged(document, sequence, kind);
  }

  private void arrives(String document, int sequence, WriteKind kind) {
    docket.arrives(document, sequence, kind);
  }

  private Verdict verdict() {
    return docket.verdict();
  }

  private List<String> found(Offence offence) {
    return docket.found(offence);
  }

  @Test
  void everythingOnceAndInOrderIsClean() {
    docket.acknowledgedLifeOfA();
    acknowledged("b", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 1, WriteKind.DELETE);
    arrives("b", 0, WriteKind.INSERT);
    arrives("a", 2, WriteKind.INSERT);
    arrives("a", 3, WriteKind.DELETE);
    arrives("a", 4, WriteKind.INSERT);
    arrives("a", 5, WriteKind.UPDATE);

    assertThat(verdict().isClean()).isTrue();
    assertThat(verdict().line())
        .isEqualTo("acked=7 delivered=7 lost=0 reordered=0 repeated=0 " + NONE_OF_THE_REST);
  }

  @Test
  void anAcknowledgedWriteWithoutAMessageIsLost() {
    acknowledged("a", 0, WriteKind.INSERT);
    acknowledged("a", 1, WriteKind.UPDATE);
    acknowledged("a", 2, WriteKind.UPDATE);
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 2, WriteKind.UPDATE);

    assertThat(verdict().isClean()).isFalse();
    assertThat(verdict().lost())
        .extracting(AttemptedWrite::toString)
        .containsExactly("update 1 of a in shop.orders");
    assertThat(verdict().line())
        .isEqualTo("acked=3 delivered=2 lost=1 reordered=0 repeated=0 " + NONE_OF_THE_REST);
  }

  @Test
  void ofSeveralDeletesTheMissingOneIsNamed() {
    docket.acknowledgedLifeOfA();
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 2, WriteKind.INSERT);
    arrives("a", 3, WriteKind.DELETE);
    arrives("a", 4, WriteKind.INSERT);
    arrives("a", 5, WriteKind.UPDATE);

    assertThat(verdict().lost())
        .extracting(AttemptedWrite::toString)
        .containsExactly("delete 1 of a in shop.orders");
    assertThat(found(Offence.CHANGED)).isEmpty();
  }

  @Test
  void aWriteBehindALaterOneOfItsDocumentIsReordered() {
    acknowledged("a", 0, WriteKind.INSERT);
    acknowledged("a", 1, WriteKind.UPDATE);
    acknowledged("a", 2, WriteKind.UPDATE);
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 2, WriteKind.UPDATE);
    arrives("a", 1, WriteKind.UPDATE);

    assertThat(verdict().isClean()).isFalse();
    assertThat(found(Offence.REORDERED))
        .containsExactly("update 1 of a in shop.orders came behind write 2");
    assertThat(verdict().lost()).isEmpty();
  }

  @Test
  void aDeleteBehindALaterInsertIsReordered() {
    docket.acknowledgedLifeOfA();
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 2, WriteKind.INSERT);
    arrives("a", 1, WriteKind.DELETE);
    arrives("a", 3, WriteKind.DELETE);
    arrives("a", 4, WriteKind.INSERT);
    arrives("a", 5, WriteKind.UPDATE);

    assertThat(found(Offence.REORDERED))
        .containsExactly("delete 1 of a in shop.orders came behind write 2");
    assertThat(verdict().lost()).isEmpty();
  }

  @Test
  void repeatsBehindNewerEventsAreNoDisorder() {
    acknowledged("a", 0, WriteKind.INSERT);
    acknowledged("a", 1, WriteKind.UPDATE);
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 1, WriteKind.UPDATE);
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 1, WriteKind.UPDATE);

    assertThat(verdict().isClean()).isTrue();
    assertThat(verdict().repeated()).isEqualTo(2);
  }

  @Test
  void whatTheBrokerHandsOutAgainIsNoRepeatOfThePublisher() {
    acknowledged("a", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    docket.arrives(message("a", 0, WriteKind.INSERT).handedOutAgain());

    assertThat(verdict().isClean()).isTrue();
    assertThat(verdict().repeated()).isZero();
    assertThat(verdict().redelivered()).isEqualTo(1);
  }

  @Test
  void aMessageThatIsSeenFirstWhenItIsHandedOutAgainCounts() {
    acknowledged("a", 0, WriteKind.INSERT);
    docket.arrives(message("a", 0, WriteKind.INSERT).handedOutAgain());

    assertThat(verdict().lost()).isEmpty();
    assertThat(verdict().redelivered()).isZero();
  }

  @Test
  void aRepeatWithAnotherBodyIsChanged() {
    acknowledged("a", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    docket.arrives(message("a", 0, WriteKind.INSERT).withDigest("another body"));

    assertThat(verdict().isClean()).isFalse();
    assertThat(found(Offence.CHANGED))
        .hasSize(1)
        .first()
        .asString()
        .contains("insert 0 of a in shop.orders", "differs");
    assertThat(verdict().line())
        .isEqualTo(
            "acked=1 delivered=1 lost=0 reordered=0 repeated=1 "
                + NONE_OF_THE_REST.replace("changed=0", "changed=1"));
  }

  @Test
  void aDocumentThatTwoPartitionsToldOfIsFoundAlsoByARepeat() {
    acknowledged("a", 0, WriteKind.INSERT);
    acknowledged("b", 0, WriteKind.INSERT);
    docket.arrives(from("3", message("a", 0, WriteKind.INSERT).arrival()));
    docket.arrives(from("4", message("b", 0, WriteKind.INSERT).arrival()));
    assertThat(verdict().isClean()).isTrue();
    assertThat(verdict().ofPartitions()).isEqualTo(Map.of("3", 1L, "4", 1L));

    docket.arrives(from("4", message("a", 0, WriteKind.INSERT).arrival()));

    assertThat(verdict().isClean()).isFalse();
    assertThat(found(Offence.TWO_PARTITIONS))
        .containsExactly("a in shop.orders came from partition 3 and from partition 4");
  }

  private static Arrival from(String partition, Arrival arrival) {
    return new Arrival(
        arrival.at(),
        arrival.queue(),
        arrival.redelivered(),
        arrival.messageId(),
        arrival.event(),
        arrival.digest(),
        arrival.leaks(),
        partition);
  }

  @Test
  void oneMessageIdForTwoEventsIsAChangeAndALoss() {
    acknowledged("a", 0, WriteKind.INSERT);
    acknowledged("b", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    docket.arrives(message("b", 0, WriteKind.INSERT).withId("a0"));

    assertThat(found(Offence.CHANGED))
        .containsExactly(
            "message-id a0 stands for insert 0 of a in shop.orders and for insert 0 of b in shop.orders");
    assertThat(verdict().lost()).hasSize(1);
  }

  @Test
  void oneEventUnderTwoMessageIdsIsChanged() {
    acknowledged("a", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    docket.arrives(message("a", 0, WriteKind.INSERT).withId("another id"));

    assertThat(found(Offence.CHANGED))
        .containsExactly(
            "insert 0 of a in shop.orders came out under a second message-id another id");
    assertThat(verdict().repeated()).isZero();
  }

  @Test
  void oneDeleteUnderTwoMessageIdsIsChanged() {
    docket.acknowledgedLifeOfA();
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 1, WriteKind.DELETE);
    docket.arrives(message("a", 1, WriteKind.DELETE).withId("another id"));
    arrives("a", 2, WriteKind.INSERT);
    arrives("a", 3, WriteKind.DELETE);
    arrives("a", 4, WriteKind.INSERT);
    arrives("a", 5, WriteKind.UPDATE);

    assertThat(found(Offence.CHANGED))
        .containsExactly(
            "delete 1 of a in shop.orders came out under a second message-id another id");
    assertThat(verdict().lost()).isEmpty();
    assertThat(found(Offence.REORDERED)).isEmpty();
  }

  @Test
  void aMessageOfAWriteThatNobodyMadeIsChanged() {
    acknowledged("a", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 1, WriteKind.UPDATE);
    arrives("b", 0, WriteKind.INSERT);
    arrives("b", 1, WriteKind.DELETE);

    assertThat(found(Offence.CHANGED)).hasSize(3).allMatch(text -> text.startsWith("nobody wrote"));
  }

  @Test
  void aMessageWithTheWrongOperationIsChanged() {
    acknowledged("a", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.REPLACE);

    assertThat(found(Offence.CHANGED)).hasSize(1);
    assertThat(verdict().lost()).hasSize(1);
  }

  @Test
  void aWriteWithoutAnAnswerMayComeOutOrNot() {
    acknowledged("a", 0, WriteKind.INSERT);
    docket.uncertain("a", 1, WriteKind.DELETE);
    docket.uncertain("b", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 1, WriteKind.DELETE);

    assertThat(verdict().isClean()).isTrue();
    assertThat(verdict().uncertain()).isEqualTo(2);
    assertThat(verdict().uncertainDelivered()).isEqualTo(1);
    assertThat(verdict().line())
        .isEqualTo("acked=1 delivered=1 lost=0 reordered=0 repeated=0 " + NONE_OF_THE_REST);
  }

  @Test
  void aMessageThatCannotBeReadIsChanged() {
    docket.arrives(Arrival.unreadable(1, Docket.QUEUE, "no JSON", List.of()));

    assertThat(found(Offence.CHANGED)).containsExactly("a message cannot be read: no JSON");
  }

  @Test
  void whatIsNoWriteIsCountedApart() {
    acknowledged("a", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    docket.arrives(message("a", 1, WriteKind.DELETE).withOperation("drop"));

    assertThat(verdict().isClean()).isTrue();
    assertThat(verdict().others()).containsEntry("drop", 1).hasSize(1);
  }
}
