package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A judge that has never found a fault is no proof: each one is committed here. */
class JudgeTest {
  private final List<AttemptedWrite> writes = new ArrayList<>();
  private final List<Arrival> arrivals = new ArrayList<>();

  private AttemptedWrite uncertain(String document, int sequence, WriteKind kind) {
    AttemptedWrite write = new AttemptedWrite(document, sequence, kind, writes.size());
    writes.add(write);
    return write;
  }

  private void acknowledged(String document, int sequence, WriteKind kind) {
    uncertain(document, sequence, kind).acknowledged(writes.size());
  }

  /** An insert, a delete, an insert, a delete, and an update of what was inserted again. */
  private void acknowledgedLifeOfA() {
    acknowledged("a", 0, WriteKind.INSERT);
    acknowledged("a", 1, WriteKind.DELETE);
    acknowledged("a", 2, WriteKind.INSERT);
    acknowledged("a", 3, WriteKind.DELETE);
    acknowledged("a", 4, WriteKind.INSERT);
    acknowledged("a", 5, WriteKind.UPDATE);
  }

  /** The message of write n of a document, whose cluster time is n and whose message-id its own. */
  private static Arrival message(String document, int sequence, WriteKind kind) {
    return new Arrival(
        100,
        document + sequence,
        document,
        kind.operation(),
        kind == WriteKind.DELETE ? Arrival.UNNUMBERED : sequence,
        sequence,
        false,
        "body of " + document + sequence);
  }

  private void arrives(String document, int sequence, WriteKind kind) {
    arrivals.add(message(document, sequence, kind));
  }

  private Verdict verdict() {
    return Judge.judge(writes, arrivals);
  }

  private static Arrival withId(Arrival arrival, String messageId) {
    return new Arrival(
        arrival.at(),
        messageId,
        arrival.document(),
        arrival.operation(),
        arrival.sequence(),
        arrival.clusterTime(),
        arrival.redelivered(),
        arrival.digest());
  }

  private static Arrival withDigest(Arrival arrival, String digest, boolean redelivered) {
    return new Arrival(
        arrival.at(),
        arrival.messageId(),
        arrival.document(),
        arrival.operation(),
        arrival.sequence(),
        arrival.clusterTime(),
        redelivered,
        digest);
  }

  @Test
  void everythingOnceAndInOrderIsClean() {
    acknowledgedLifeOfA();
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
        .isEqualTo("acked=7 delivered=7 lost=0 reordered=0 repeated=0 changed=0");
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
        .containsExactly("update 1 of a");
    assertThat(verdict().line())
        .isEqualTo("acked=3 delivered=2 lost=1 reordered=0 repeated=0 changed=0");
  }

  @Test
  void ofSeveralDeletesTheMissingOneIsNamed() {
    acknowledgedLifeOfA();
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 2, WriteKind.INSERT);
    arrives("a", 3, WriteKind.DELETE);
    arrives("a", 4, WriteKind.INSERT);
    arrives("a", 5, WriteKind.UPDATE);

    assertThat(verdict().lost())
        .extracting(AttemptedWrite::toString)
        .containsExactly("delete 1 of a");
    assertThat(verdict().changed()).isEmpty();
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
    assertThat(verdict().reordered()).containsExactly("update 1 of a came behind write 2");
    assertThat(verdict().lost()).isEmpty();
  }

  @Test
  void aDeleteBehindALaterInsertIsReordered() {
    acknowledgedLifeOfA();
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 2, WriteKind.INSERT);
    arrives("a", 1, WriteKind.DELETE);
    arrives("a", 3, WriteKind.DELETE);
    arrives("a", 4, WriteKind.INSERT);
    arrives("a", 5, WriteKind.UPDATE);

    assertThat(verdict().reordered()).containsExactly("delete 1 of a came behind write 2");
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
    Arrival again = message("a", 0, WriteKind.INSERT);
    arrivals.add(withDigest(again, again.digest(), true));

    assertThat(verdict().isClean()).isTrue();
    assertThat(verdict().repeated()).isZero();
    assertThat(verdict().redelivered()).isEqualTo(1);
  }

  @Test
  void aMessageThatIsSeenFirstWhenItIsHandedOutAgainCounts() {
    acknowledged("a", 0, WriteKind.INSERT);
    Arrival message = message("a", 0, WriteKind.INSERT);
    arrivals.add(withDigest(message, message.digest(), true));

    assertThat(verdict().lost()).isEmpty();
    assertThat(verdict().redelivered()).isZero();
  }

  @Test
  void aRepeatWithAnotherBodyIsChanged() {
    acknowledged("a", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    arrivals.add(withDigest(message("a", 0, WriteKind.INSERT), "another body", false));

    assertThat(verdict().isClean()).isFalse();
    assertThat(verdict().changed())
        .hasSize(1)
        .first()
        .asString()
        .contains("insert 0 of a", "differs");
    assertThat(verdict().line())
        .isEqualTo("acked=1 delivered=1 lost=0 reordered=0 repeated=1 changed=1");
  }

  @Test
  void oneMessageIdForTwoEventsIsAChangeAndALoss() {
    acknowledged("a", 0, WriteKind.INSERT);
    acknowledged("b", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    arrivals.add(withId(message("b", 0, WriteKind.INSERT), "a0"));

    assertThat(verdict().changed())
        .containsExactly("message-id a0 stands for insert 0 of a and for insert 0 of b");
    assertThat(verdict().lost()).hasSize(1);
  }

  @Test
  void oneEventUnderTwoMessageIdsIsChanged() {
    acknowledged("a", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    arrivals.add(withId(message("a", 0, WriteKind.INSERT), "another id"));

    assertThat(verdict().changed())
        .containsExactly("insert 0 of a came out under a second message-id another id");
    assertThat(verdict().repeated()).isZero();
  }

  @Test
  void oneDeleteUnderTwoMessageIdsIsChanged() {
    acknowledgedLifeOfA();
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 1, WriteKind.DELETE);
    arrivals.add(withId(message("a", 1, WriteKind.DELETE), "another id"));
    arrives("a", 2, WriteKind.INSERT);
    arrives("a", 3, WriteKind.DELETE);
    arrives("a", 4, WriteKind.INSERT);
    arrives("a", 5, WriteKind.UPDATE);

    assertThat(verdict().changed())
        .containsExactly("delete 1 of a came out under a second message-id another id");
    assertThat(verdict().lost()).isEmpty();
    assertThat(verdict().reordered()).isEmpty();
  }

  @Test
  void aMessageOfAWriteThatNobodyMadeIsChanged() {
    acknowledged("a", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 1, WriteKind.UPDATE);
    arrives("b", 0, WriteKind.INSERT);
    arrives("b", 1, WriteKind.DELETE);

    assertThat(verdict().changed()).hasSize(3).allMatch(text -> text.startsWith("nobody wrote"));
  }

  @Test
  void aMessageWithTheWrongOperationIsChanged() {
    acknowledged("a", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.REPLACE);

    assertThat(verdict().changed()).hasSize(1);
    assertThat(verdict().lost()).hasSize(1);
  }

  @Test
  void aWriteWithoutAnAnswerMayComeOutOrNot() {
    acknowledged("a", 0, WriteKind.INSERT);
    uncertain("a", 1, WriteKind.DELETE);
    uncertain("b", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    arrives("a", 1, WriteKind.DELETE);

    assertThat(verdict().isClean()).isTrue();
    assertThat(verdict().uncertain()).isEqualTo(2);
    assertThat(verdict().uncertainDelivered()).isEqualTo(1);
    assertThat(verdict().line())
        .isEqualTo("acked=1 delivered=1 lost=0 reordered=0 repeated=0 changed=0");
  }

  @Test
  void aMessageThatCannotBeReadIsChanged() {
    arrivals.add(Arrival.unreadable(1, "no JSON"));

    assertThat(verdict().changed()).containsExactly("a message cannot be read: no JSON");
  }

  @Test
  void whatIsNoWriteIsCountedApart() {
    acknowledged("a", 0, WriteKind.INSERT);
    arrives("a", 0, WriteKind.INSERT);
    arrivals.add(new Arrival(1, "id", "", "drop", Arrival.UNNUMBERED, 9, false, "body"));

    assertThat(verdict().isClean()).isTrue();
    assertThat(verdict().others()).containsEntry("drop", 1).hasSize(1);
  }
}
