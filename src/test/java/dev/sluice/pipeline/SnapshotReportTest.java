package dev.sluice.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import dev.sluice.change.Position;
import dev.sluice.config.SnapshotSettings;
import dev.sluice.snapshot.ChunkReader;
import dev.sluice.snapshot.KeyRange;
import dev.sluice.snapshot.SnapshotProgress;
import dev.sluice.snapshot.SnapshotRequest;
import dev.sluice.snapshot.SnapshotSource;
import dev.sluice.testing.ScriptedSource;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

class SnapshotReportTest {
  private static final BsonTimestamp START = new BsonTimestamp(1_700_000_000, 1);

  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final List<String> lines = new ArrayList<>();
  private Optional<Position> position = Optional.empty();

  private final Snapshots snapshots =
      new Snapshots(
          new ScriptedSource(),
          new Thousand(),
          SnapshotSettings.NEVER,
          false,
          false,
          Clock.systemUTC());

  private static Position at(long documents) {
    SnapshotProgress begun =
        SnapshotProgress.begin(
            "s", START, "", false, List.of(KeyRange.of(new Namespace("shop", "orders"))));
    BsonDocument kept = begun.toBson().append("documents", new BsonInt64(documents));
    return Position.of(new Position.At(START), kept);
  }

  @Test
  void tellsHowManyDocumentsWhichShareHowFastAndHowLongStill() {
    Sinks.Empty<Void> work = Sinks.empty();
    new SnapshotReport(() -> position, snapshots, Duration.ofMinutes(1), lines::add, time)
        .during(work.asMono())
        .subscribe();
    time.advanceTimeBy(Duration.ofMinutes(1));
    assertThat(lines).as("while there is none").isEmpty();

    position = Optional.of(at(0));
    time.advanceTimeBy(Duration.ofMinutes(1));
    position = Optional.of(at(600));
    time.advanceTimeBy(Duration.ofMinutes(1));
    position = Optional.of(new Position.At(START));
    time.advanceTimeBy(Duration.ofMinutes(1));
    work.tryEmitEmpty();
    time.advanceTimeBy(Duration.ofMinutes(1));

    assertThat(lines)
        .containsExactly(
            "Snapshot of shop.orders: 0 documents, 0 %",
            "Snapshot of shop.orders: 600 documents, 60 %, 10 a second, about 40 s left");
  }

  private static final class Thousand implements SnapshotSource {
    @Override
    public Mono<List<KeyRange>> ranges(int readers) {
      return Mono.just(List.of());
    }

    @Override
    public Mono<List<KeyRange>> ranges(SnapshotRequest request, int readers) {
      return Mono.just(List.of());
    }

    @Override
    public Mono<Long> estimate(List<Namespace> collections) {
      return Mono.just(1_000L);
    }

    @Override
    public Mono<ChunkReader> open() {
      return Mono.empty();
    }
  }
}
