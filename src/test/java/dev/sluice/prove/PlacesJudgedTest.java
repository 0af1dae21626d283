package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a judge says of queues, of the scope and of what is hidden: each test commits one crime. */
class PlacesJudgedTest {
  private final Docket docket = new Docket();
  private final Docket.Message message = Docket.message("a", 0, WriteKind.INSERT);

  @BeforeEach
  void anInsert() {
    docket.acknowledged("a", 0, WriteKind.INSERT);
  }

  @Test
  void anEventInTheWrongQueueIsNamedAndLostToTheRightOne() {
    docket.arrives(message.inQueue("items"));

    assertThat(docket.verdict().isClean()).isFalse();
    assertThat(docket.found(Offence.WRONG_QUEUE))
        .containsExactly("insert 0 of a in shop.orders came to items and belongs to orders");
    assertThat(docket.verdict().lost()).hasSize(1);
  }

  @Test
  void anEventInTwoQueuesIsWrongInOneOfThem() {
    docket.arrives(message.inQueue("items"));
    docket.arrives(message);

    assertThat(docket.found(Offence.WRONG_QUEUE)).hasSize(1);
    assertThat(docket.verdict().lost()).isEmpty();
    assertThat(docket.verdict().repeated()).isZero();
  }

  @Test
  void anEventOfACollectionThatIsNotWatchedIsNamed() {
    docket.arrives(message);
    docket.arrives(message.about(new Subject("shop.tmp", "a")).withId("other"));

    assertThat(docket.verdict().isClean()).isFalse();
    assertThat(docket.found(Offence.OUT_OF_SCOPE))
        .containsExactly("insert 0 of a in shop.tmp (message-id other)");
  }

  @Test
  void theDropOfACollectionThatIsNotWatchedIsNamedToo() {
    docket.arrives(message);
    docket.arrives(
        message.about(new Subject("shop.tmp", "")).withOperation("drop").withId("other"));

    assertThat(docket.found(Offence.OUT_OF_SCOPE)).hasSize(1);
    assertThat(docket.verdict().others()).isEmpty();
  }

  @Test
  void documentsOfTwoCollectionsWithOneIdAreTwo() {
    docket.arrives(message.about(new Subject("shop.tmp", "a")));

    assertThat(docket.verdict().lost()).hasSize(1);
  }

  @Test
  void whateverShowsWhatIsHiddenIsNamedWithItsPlace() {
    docket.arrives(message);
    docket.arrives(message.leaking("the headers"));

    assertThat(docket.verdict().isClean()).isFalse();
    assertThat(docket.found(Offence.LEAKED))
        .containsExactly("the headers of insert 0 of a in shop.orders (message-id a0)");
  }
}
