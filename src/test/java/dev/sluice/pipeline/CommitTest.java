package dev.sluice.pipeline;

import static dev.sluice.testing.TransactionEvents.inTransaction;
import static dev.sluice.testing.TransactionEvents.moment;
import static dev.sluice.testing.TransactionEvents.plain;
import static dev.sluice.testing.TransactionEvents.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.config.FailureSettings;
import dev.sluice.config.FailureSettings.OnPoison;
import dev.sluice.config.FailureSettings.OnPositionLost;
import dev.sluice.config.FailureSettings.OnUnroutable;
import dev.sluice.message.Message;
import dev.sluice.testing.ScriptedParts;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The end of a transaction on its way through the pipeline, and across its attempts. */
class CommitTest {
  private static final UUID SESSION = UUID.fromString("68a0bf3d-eaa2-4194-8b0b-1bf8d2af0d15");

  private final ChangeEvent first = inTransaction(2, 0, SESSION, 16, "plays", 1);
  private final ChangeEvent second = inTransaction(2, 1, SESSION, 16, "plays", 2);
  private final ChangeEvent third = inTransaction(2, 3, SESSION, 16, "moves", 3);
  private final ChangeEvent next = plain(3, "plays", 4);

  private final ScriptedParts parts = new ScriptedParts();
  private PipelineSupervisor pipeline;
  private CompletableFuture<Void> ended;

  @BeforeEach
  void markTransactions() {
    parts.transactionMarkers = true;
    parts.source.keepsTimes = true;
  }

  @AfterEach
  void stop() throws Exception {
    pipeline.stop();
    ended.get(20, TimeUnit.SECONDS);
    parts.close();
  }

  private void start() {
    pipeline = new PipelineSupervisor(parts.parts(), (state, reason) -> {});
    ended = pipeline.run().toFuture();
    await().until(() -> !parts.source.opened.isEmpty());
  }

  private void awaitPublished(String... ids) {
    await()
        .untilAsserted(
            () ->
                assertThat(parts.publisher.messages.stream().map(Message::messageId))
                    .containsExactly(ids));
  }

  private void awaitPosition(Position position) {
    await().until(() -> parts.checkpoints.position().equals(Optional.of(position)));
  }

  private static String id(ChangeEvent event) {
    return event.id().value();
  }

  private Message lastMessage() {
    List<Message> all = parts.publisher.messages;
    return all.get(all.size() - 1);
  }

  private static void assertCommitOf(int events, Message message) {
    assertThat(message.type()).isEqualTo("commit");
    assertThat(message.routingKey()).isEqualTo("sluice.commit");
    assertThat(new String(message.body(), StandardCharsets.UTF_8))
        .contains("\"events\": " + events + ", \"collections\"");
  }

  @Test
  void goesBehindItsEventsOnceTheyAreConfirmedAndBeforeWhatComesNext() {
    parts.publisher.confirming = false;
    start();
    parts.source.append(first, second, third, next);
    awaitPublished(id(first), id(second), id(third));

    parts.publisher.outcomes().confirmed(2, 3);
    parts.publisher.outcomes().confirmed(1, 1);
    await().until(() -> parts.publisher.messages.size() == 4);
    Message commit = lastMessage();
    assertCommitOf(3, commit);
    parts.publisher.outcomes().confirmed(4, 4);

    awaitPublished(id(first), id(second), id(third), commit.messageId(), id(next));
    parts.publisher.outcomes().confirmed(5, 5);
    awaitPosition(next.position());
  }

  @Test
  void countsWhatAFormerAttemptHasPublished() {
    parts.publisher.confirming = false;
    start();
    parts.source.append(first, second, third);
    awaitPublished(id(first), id(second), id(third));
    parts.publisher.outcomes().confirmed(1, 1);
    parts.publisher.outcomes().confirmed(3, 3);
    awaitPosition(first.position());

    parts.source.fail(new PipelineException(FailureKind.TRANSIENT, "gone for now"));
    awaitPublished(id(first), id(second), id(third), id(second));
    assertThat(parts.source.opened).last().isEqualTo(new Position.At(time(2)));
    parts.source.append(next);
    parts.publisher.outcomes().confirmed(1, 1);

    await().until(() -> parts.publisher.messages.size() == 5);
    assertCommitOf(3, lastMessage());
    parts.publisher.confirming = true;
    parts.publisher.outcomes().confirmed(3, 3);
    await().until(() -> parts.publisher.messages.size() == 6);
    assertThat(lastMessage().messageId()).isEqualTo(id(next));
  }

  @Test
  void comesOnceTheServerHasComePastItAndIsNotToldAgain() {
    start();
    parts.source.append(first, second);
    awaitPosition(second.position());
    parts.source.progress(2, moment(2));
    parts.source.progress(2, moment(7));

    awaitPosition(new Position.After(moment(7)));
    assertThat(parts.publisher.messages).hasSize(3);
    assertCommitOf(2, lastMessage());
    parts.source.fail(new PipelineException(FailureKind.TRANSIENT, "gone for now"));
    await().until(() -> parts.source.opened.size() == 2);

    assertThat(parts.source.opened).last().isEqualTo(new Position.After(moment(7)));
    assertThat(parts.publisher.messages).hasSize(3);
  }

  @Test
  void isLostWithItsTransactionWhereTheLogNoLongerReachesBackToThat() {
    parts.failures = new FailureSettings(OnPositionLost.GAP, OnUnroutable.RETRY, OnPoison.STOP);
    parts.source.logWindow = new LogWindow(time(3), time(9));
    start();
    parts.source.append(first);
    awaitPosition(first.position());
    parts.source.lostExceptFromLogWindow =
        new PipelineException(FailureKind.POSITION_LOST, "MongoDB no longer has it");

    parts.source.fail(new PipelineException(FailureKind.TRANSIENT, "gone for now"));
    await().until(() -> parts.publisher.messages.size() == 2);
    assertThat(lastMessage().type()).isEqualTo("gap");
    parts.source.append(next);
    parts.source.progress(1, moment(9));

    awaitPosition(new Position.After(moment(9)));
    assertThat(parts.publisher.messages).hasSize(3);
    assertThat(lastMessage().messageId()).isEqualTo(id(next));
  }

  @Test
  void isBehindUsOnceItIsConfirmed() {
    parts.publisher.confirming = false;
    start();
    parts.source.append(first, next);
    awaitPublished(id(first));
    parts.publisher.outcomes().confirmed(1, 1);
    await().until(() -> parts.publisher.messages.size() == 2);

    parts.publisher.outcomes().confirmed(2, 2);

    awaitPosition(new Position.At(time(3)));
  }
}
