package dev.sluice.pipeline;

import static dev.sluice.testing.Events.event;
import static dev.sluice.testing.Events.insert;
import static dev.sluice.testing.Events.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.LogWindow;
import dev.sluice.change.Position;
import dev.sluice.testing.InMemoryCheckpoints;
import dev.sluice.testing.ScriptedParts;
import dev.sluice.testing.ScriptedPublisher;
import dev.sluice.testing.ScriptedSource;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What the pipeline does where its stages meet: full windows, ends and failures at odd moments. */
class PipelineUnderStressTest {
  private static final int WINDOW = 4;

  private final ScriptedParts parts = new ScriptedParts();
  private final ScriptedSource source = parts.source;
  private final ScriptedPublisher publisher = parts.publisher;
  private final InMemoryCheckpoints checkpoints = parts.checkpoints;

  private void start(ChangeSource from) {
    parts.from = from;
    parts.window = WINDOW;
    parts.drainTimeout = Duration.ofSeconds(20);
    parts.start();
  }

  @AfterEach
  void close() {
    if (!parts.ended().isDone()) {
      parts.stop();
      publisher.outcomes().lost(new PipelineException(FailureKind.TRANSIENT, "the test is over"));
    }
    parts.close();
  }

  private static ChangeEvent[] inserts(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> insert(i)).toArray(ChangeEvent[]::new);
  }

  @Test
  void takesTheConfirmsOfAFullWindowWhileItDrains() throws Exception {
    publisher.confirming = false;
    start(source);
    source.append(inserts(20));
    await().until(() -> publisher.messages.size() == WINDOW);

    parts.stop();
    assertThatCode(() -> publisher.outcomes().confirmed(1, WINDOW)).doesNotThrowAnyException();

    parts.ended().get(5, TimeUnit.SECONDS);
    assertThat(checkpoints.position()).contains(new Position.After(token(WINDOW)));
  }

  @Test
  void takesTheConfirmsOfAFullWindowBehindTheEndOfTheCollection() {
    publisher.confirming = false;
    start(source);
    source.append(inserts(WINDOW));
    await().until(() -> publisher.messages.size() == WINDOW);
    source.complete();

    assertThatCode(() -> publisher.outcomes().confirmed(1, WINDOW)).doesNotThrowAnyException();

    await().until(() -> source.opened.size() == 2);
  }

  @Test
  void writesNothingIntoABlockedConnection() {
    start(source);
    source.append(insert(1));
    await().until(() -> publisher.messages.size() == 1);

    publisher.outcomes().blocked("low on memory");
    source.append(insert(2), insert(3));

    await()
        .during(Duration.ofMillis(300))
        .atMost(Duration.ofSeconds(2))
        .until(() -> publisher.messages.size() == 1);
    publisher.outcomes().unblocked();
    await().until(() -> publisher.messages.size() == 3);
  }

  @Test
  void endsWhenTheKeyOfAnEventIsDamaged() {
    FluxBackedSource damaged = new FluxBackedSource();
    start(damaged);
    await().until(() -> damaged.sink != null);
    ChangeEvent event = event("insert", 1, 1);
    int id = event.find(event.offset(ChangeEvent.Field.DOCUMENT_KEY), "_id");
    // The type byte in front of "_id\0".
    event.bytes()[id - 5] = 0x7a;

    damaged.sink.next(event);

    assertThatThrownBy(() -> parts.ended().get(5, TimeUnit.SECONDS))
        .hasMessageContaining("Corrupt BSON");
  }

  @Test
  void endsWhenTheEncoderRunsIntoAnError() {
    parts.encoder =
        event -> {
          throw new StackOverflowError("nested too deep");
        };
    start(source);
    source.append(insert(1));

    assertThatThrownBy(() -> parts.ended().get(5, TimeUnit.SECONDS)).hasMessageContaining("JSON");
  }

  @Test
  void triesAgainWhenNobodyAnswersWhereToGoOnFrom() {
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    parts.timer.dispose();
    parts.timer = time;
    checkpoints.unansweredClaims.set(1);
    start(source);

    time.advanceTimeBy(Duration.ofMinutes(1));
    await().until(() -> source.opened.size() == 1);
    parts.stop();

    // The publishing thread is a real one, and asks for the timer when it gets to it.
    await()
        .untilAsserted(
            () -> {
              time.advanceTimeBy(Duration.ofMinutes(1));
              assertThat(parts.ended()).isCompleted();
            });
  }

  /** Emits as the driver does. */
  private static final class FluxBackedSource implements ChangeSource {
    private volatile FluxSink<Change> sink;

    @Override
    public Flux<Change> changes(Position from, Progress progress) {
      return Flux.create(created -> sink = created);
    }

    @Override
    public Mono<BsonTimestamp> now() {
      return Mono.just(new BsonTimestamp(1_700_000_000, 0));
    }

    @Override
    public Mono<LogWindow> logWindow() {
      return Mono.empty();
    }
  }
}
