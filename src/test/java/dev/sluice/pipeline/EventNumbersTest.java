package dev.sluice.pipeline;

import static dev.sluice.testing.Events.behind;
import static dev.sluice.testing.Events.event;
import static dev.sluice.testing.Events.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.Numbering;
import dev.sluice.testing.InMemoryCheckpoints;
import dev.sluice.testing.ScriptedParts;
import dev.sluice.testing.ScriptedPublisher;
import dev.sluice.testing.ScriptedSource;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventNumbersTest {
  private final ScriptedParts parts = new ScriptedParts();
  private final ScriptedSource source = parts.source;
  private final ScriptedPublisher publisher = parts.publisher;
  private final InMemoryCheckpoints checkpoints = parts.checkpoints;

  @BeforeEach
  void dropWhatIsThere() {
    publisher.numbered = true;
  }

  @AfterEach
  void close() {
    parts.close();
  }

  @Test
  void theSeriesIsKeptBeforeTheFirstEventIsPublished() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1));
    publisher.awaitPublished(1);

    assertThat(checkpoints.numbering()).contains(new Numbering("series 1", 0, true));
  }

  @Test
  void anEventHasTheSameNumberWheneverItIsPublished() {
    publisher.confirming = false;
    parts.start();
    source.append(insert(1), insert(2), insert(3));
    publisher.awaitPublished(1, 2, 3);
    publisher.outcomes().confirmed(1, 1);
    publisher.confirming = true;

    publisher.loseChannel();

    publisher.awaitPublished(1, 2, 3, 2, 3);
    List<Long> ids = publisher.ids;
    assertThat(ids.subList(3, 5)).isEqualTo(ids.subList(1, 3));
    assertThat(ids.subList(0, 3)).isSorted().doesNotHaveDuplicates();
    assertThat(publisher.numberings)
        .containsExactly(
            new Numbering("series 1", 0, true), new Numbering("series 1", ids.get(0), true));
    await()
        .until(
            () ->
                checkpoints
                    .numbering()
                    .equals(Optional.of(new Numbering("series 1", ids.get(2), true))));
  }

  @Test
  void eventsOfOneDocumentDoNotWaitForOneAnother() {
    publisher.confirming = false;
    parts.start();

    source.append(event("insert", 1, 7), event("delete", 2, 7), event("insert", 3, 7));

    publisher.awaitPublished(1, 2, 3);
  }

  /** One that was saved before there were any, or by AMQP. */
  @Test
  void aPositionWithoutNumbersIsGoneOnFromInASeriesOfItsOwn() {
    checkpoints.moveTo(behind(3));
    parts.start();
    source.append(insert(4));
    publisher.awaitPublished(4);

    assertThat(publisher.numberings).containsExactly(new Numbering("series 1", 0, true));
    await().until(() -> checkpoints.position().equals(Optional.of(behind(4))));
    assertThat(checkpoints.numbering())
        .contains(new Numbering("series 1", publisher.ids.get(0), true));
  }

  @Test
  void nothingIsNumberedForABrokerThatDoesNotAsk() {
    publisher.numbered = false;
    parts.start();
    source.append(insert(1));

    publisher.awaitPublished(1);
    assertThat(publisher.numberings).isEmpty();
    assertThat(checkpoints.numbering()).isEmpty();
  }
}
