package dev.sluice.pipeline;

import static dev.sluice.testing.Events.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.Namespace;
import dev.sluice.config.SnapshotSettings;
import dev.sluice.message.Message;
import dev.sluice.snapshot.ChunkReader;
import dev.sluice.snapshot.KeyRange;
import dev.sluice.snapshot.RequestBook;
import dev.sluice.snapshot.SnapshotRequest;
import dev.sluice.snapshot.SnapshotRequest.State;
import dev.sluice.snapshot.SnapshotRequest.Wish;
import dev.sluice.snapshot.SnapshotSource;
import dev.sluice.testing.ScriptedParts;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What is answered to who wants a snapshot, between scripted servers. */
class RequestDeskTest {
  private static final Namespace PLAYS = new Namespace("scrabble", "scrabble");

  private final ScriptedParts parts = new ScriptedParts();
  private final VirtualTimeScheduler looks = VirtualTimeScheduler.create();
  private final Book book = new Book();
  private Disposable desk;

  @BeforeEach
  void open() {
    // For as long as these tests take: what was taken in is waited for before a snapshot begins.
    parts.drainTimeout = Duration.ofMinutes(1);
    parts.snapshots =
        new Snapshots(
            parts.source,
            new NothingIsEverRead(),
            SnapshotSettings.NEVER,
            false,
            false,
            Clock.systemUTC());
    PipelineSupervisor pipeline = parts.start(parts.parts(), (state, reason) -> {});
    parts.source.append(insert(1));
    parts.publisher.awaitPublished(1);
    await().until(() -> parts.state() == PipelineState.STREAMING);
    desk = new RequestDesk(pipeline, parts.snapshots, book, looks).during(Mono.never()).subscribe();
  }

  @AfterEach
  void close() {
    desk.dispose();
    parts.close();
    looks.dispose();
  }

  private void look() {
    looks.advanceTimeBy(Duration.ofSeconds(2));
  }

  private List<String> types() {
    return parts.publisher.messages.stream().map(Message::type).toList();
  }

  /** It ends what runs first, which waits for confirms: that takes longer than a look. */
  @Test
  void whatIsAboutToBeginIsNotSaidToBeCancelledBeforeIt() {
    parts.publisher.confirming = false;
    parts.source.append(insert(2));
    parts.publisher.awaitPublished(1, 2);
    book.ask("a", Wish.RUN);
    look();

    book.ask("a", Wish.CANCEL);
    look();
    assertThat(book.answers).doesNotContain("a VOID");
    parts.publisher.confirming = true;
    parts.publisher.outcomes().confirmed(2, 2);

    await()
        .untilAsserted(
            () -> {
              look();
              assertThat(book.answers).contains("a ENDED");
            });
    assertThat(types())
        .containsExactly("insert", "insert", "snapshot-started", "snapshot-abandoned");
  }

  @Test
  void whatNobodyHasTakenUpIsCancelledBeforeItBegins() {
    book.ask("a", Wish.CANCEL);
    look();

    assertThat(book.answers).containsExactly("a VOID");
    assertThat(types()).containsExactly("insert");
  }

  private static final class Book implements RequestBook {
    private final Map<String, SnapshotRequest> open = new LinkedHashMap<>();
    private final List<String> answers = new CopyOnWriteArrayList<>();

    synchronized void ask(String id, Wish wish) {
      State state = open.containsKey(id) ? open.get(id).state() : State.WAITING;
      open.put(id, request(id, wish, state, ""));
    }

    private static SnapshotRequest request(String id, Wish wish, State state, String answer) {
      return new SnapshotRequest(
          id, List.of(PLAYS), "", List.of(), wish, state, answer, Instant.EPOCH);
    }

    @Override
    public Mono<List<SnapshotRequest>> open() {
      return Mono.fromSupplier(this::listed);
    }

    private synchronized List<SnapshotRequest> listed() {
      return List.copyOf(open.values());
    }

    @Override
    public Mono<Void> answer(String id, State state, String answer) {
      return Mono.fromRunnable(() -> note(id, state, answer));
    }

    private synchronized void note(String id, State state, String answer) {
      answers.add(id + " " + state);
      if (state == State.ENDED || state == State.VOID) {
        open.remove(id);
      } else {
        open.put(id, request(id, open.get(id).wish(), state, answer));
      }
    }
  }

  private static final class NothingIsEverRead implements SnapshotSource {
    @Override
    public Mono<List<KeyRange>> ranges(int readers) {
      return Mono.just(List.of(KeyRange.of(PLAYS)));
    }

    @Override
    public Mono<List<KeyRange>> ranges(SnapshotRequest request, int readers) {
      return ranges(readers);
    }

    @Override
    public Mono<Long> estimate(List<Namespace> collections) {
      return Mono.just(1L);
    }

    @Override
    public Mono<ChunkReader> open() {
      return Mono.just(request -> Mono.never());
    }
  }
}
