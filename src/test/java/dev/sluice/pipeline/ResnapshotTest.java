package dev.sluice.pipeline;

import static dev.sluice.testing.Events.behind;
import static dev.sluice.testing.Events.insert;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.LogWindow;
import dev.sluice.change.Namespace;
import dev.sluice.change.Position;
import dev.sluice.config.FailureSettings;
import dev.sluice.config.FailureSettings.OnPoison;
import dev.sluice.config.FailureSettings.OnPositionLost;
import dev.sluice.config.FailureSettings.OnUnroutable;
import dev.sluice.config.SnapshotSettings;
import dev.sluice.config.SnapshotSettings.Mode;
import dev.sluice.message.Message;
import dev.sluice.snapshot.Chunk;
import dev.sluice.snapshot.ChunkReader;
import dev.sluice.snapshot.ChunkRequest;
import dev.sluice.snapshot.KeyRange;
import dev.sluice.snapshot.SnapshotRequest;
import dev.sluice.snapshot.SnapshotSource;
import dev.sluice.testing.ScriptedParts;
import dev.sluice.testing.ScriptedPublisher;
import dev.sluice.testing.ScriptedSource;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A snapshot that is taken because the position is lost, between scripted servers. */
class ResnapshotTest {
  private static final PipelineException LOST =
      new PipelineException(FailureKind.POSITION_LOST, "MongoDB no longer has it");

  private static final SnapshotRequest REQUEST =
      new SnapshotRequest(
          "wanted",
          List.of(new Namespace("scrabble", "scrabble")),
          "",
          List.of(),
          SnapshotRequest.Wish.RUN,
          SnapshotRequest.State.WAITING,
          "",
          Instant.EPOCH);

  private final ScriptedParts parts = new ScriptedParts();
  private final ScriptedSource source = parts.source;
  private final ScriptedPublisher publisher = parts.publisher;
  private final AtomicInteger unansweredPlans = new AtomicInteger();
  private volatile PipelineException refusal;

  @BeforeEach
  void loseThePosition() {
    source.logWindow =
        new LogWindow(new BsonTimestamp(1_700_000_000, 1), source.logWindow.newest());
    source.lostExceptFromLogWindow = LOST;
    parts.checkpoints.moveTo(behind(1_000));
  }

  @AfterEach
  void close() {
    parts.close();
  }

  private void start(Mode mode, OnPositionLost onPositionLost) {
    run(mode, onPositionLost);
    await().until(() -> types().contains("gap"));
    source.lostExceptFromLogWindow = null;
  }

  private void run(Mode mode, OnPositionLost onPositionLost) {
    parts.failures = new FailureSettings(onPositionLost, OnUnroutable.RETRY, OnPoison.STOP);
    parts.snapshots =
        new Snapshots(
            source,
            new OneDocument(),
            new SnapshotSettings(mode, 10, 1, ""),
            false,
            false,
            Clock.systemUTC());
    parts.start();
  }

  private List<String> types() {
    return publisher.messages.stream().map(Message::type).toList();
  }

  @Test
  void theGapIsFollowedByEverythingThatIsThereAndTheStreamGoesOn() {
    start(Mode.NEVER, OnPositionLost.RESNAPSHOT);
    source.append(insert(1));
    await().until(() -> types().contains("snapshot-completed"));
    source.append(insert(2));
    await().until(() -> types().size() == 6);

    assertThat(types())
        .containsExactly(
            "gap", "snapshot-started", "insert", "read", "snapshot-completed", "insert");
    await()
        .untilAsserted(
            () ->
                assertThat(parts.checkpoints.position().orElseThrow().stream())
                    .isEqualTo(behind(2)));
    assertThat(parts.checkpoints.position().orElseThrow().snapshot()).isEmpty();
  }

  @Test
  void whenNeededMeansTheSame() {
    start(Mode.WHEN_NEEDED, OnPositionLost.STOP);
    source.append(insert(1));

    await().until(() -> types().contains("snapshot-completed"));
  }

  @Test
  void aChunkThatCannotBeReadIsReadAgainByTheNextAttempt() {
    refusal = new PipelineException(FailureKind.TRANSIENT, "no primary");
    start(Mode.NEVER, OnPositionLost.RESNAPSHOT);
    source.append(insert(1));
    await().until(() -> publisher.opened.get() > 2);
    assertThat(types()).doesNotContain("read", "snapshot-completed");
    refusal = null;

    await()
        .until(
            () -> {
              // What the stream shows anew is what a chunk waits for.
              source.append(insert(source.opened.size() + 1));
              return types().contains("snapshot-completed");
            });
    assertThat(types()).containsOnlyOnce("read", "snapshot-completed");
    assertThat(source.opened).contains(new Position.At(source.logWindow.oldest()));
  }

  @Test
  void whoeverDoesNotAnswerForThePlanIsAskedAgain() {
    VirtualTimeScheduler time = virtualTime();
    unansweredPlans.set(1);
    run(Mode.NEVER, OnPositionLost.RESNAPSHOT);

    awaitWhilePassing(time, () -> types().contains("gap"));
    assertThat(unansweredPlans).hasValue(0);
  }

  @Test
  void aSnapshotThatIsWantedBeginsAlsoIfThePositionBeforeItIsNotSavedAtOnce() {
    source.lostExceptFromLogWindow = null;
    VirtualTimeScheduler time = virtualTime();
    run(Mode.NEVER, OnPositionLost.STOP);
    await().until(() -> !source.opened.isEmpty());
    parts.checkpoints.unansweredSaves.set(1);
    parts.snapshots.take(REQUEST).block();
    source.append(insert(1_001));

    awaitWhilePassing(time, () -> types().contains("snapshot-started"));
    assertThat(parts.checkpoints.unansweredSaves).hasValue(0);
  }

  private VirtualTimeScheduler virtualTime() {
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    parts.timer.dispose();
    parts.timer = time;
    return time;
  }

  private static void awaitWhilePassing(VirtualTimeScheduler time, BooleanSupplier done) {
    await()
        .until(
            () -> {
              time.advanceTimeBy(Duration.ofSeconds(10));
              return done.getAsBoolean();
            });
  }

  /** One document that is not among the events. */
  private final class OneDocument implements SnapshotSource {
    @Override
    public Mono<List<KeyRange>> ranges(int readers) {
      if (unansweredPlans.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        return Mono.never();
      }
      return Mono.just(List.of(KeyRange.of(new Namespace("scrabble", "scrabble"))));
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
      return Mono.just(
          request ->
              refusal != null ? Mono.error(refusal) : Mono.fromSupplier(() -> chunk(request)));
    }

    private static Chunk chunk(ChunkRequest request) {
      BsonDocument document = new BsonDocument("_id", new BsonInt32(-7));
      ByteBuffer raw =
          new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().asNIO();
      byte[] bytes = new byte[raw.remaining()];
      raw.get(bytes);
      boolean isFirst = request.range().start() == null;
      return new Chunk(
          request, bytes, isFirst ? new int[] {0} : new int[0], request.at(), request.at());
    }
  }
}
