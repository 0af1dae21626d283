package dev.sluice.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Namespace;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.change.SnapshotNotice;
import dev.sluice.testing.Events;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;

/** What the model does not look at: who goes first, and how much is read at once. */
class SpliceTest {
  private static final BsonTimestamp START = new BsonTimestamp(1_700_000_000, 0);
  private static final Namespace PLAYS = new Namespace("scrabble", "scrabble");

  private final List<Change> out = new ArrayList<>();
  private boolean room = true;

  private Splice splice(SnapshotLimits limits, KeyRange... ranges) {
    return new Splice(
        SnapshotProgress.begin("s", START, "", false, List.of(ranges)),
        new Position.At(START),
        START.getValue(),
        limits,
        () -> room,
        Clock.systemUTC());
  }

  private static SnapshotLimits limits(int chunk, int parallel, long chunkBytes) {
    return new SnapshotLimits(chunk, parallel, chunkBytes, 5, 1 << 20, 1_000, 1 << 20, false);
  }

  /** Documents with these ids, so many bytes each, as of the time that was asked for. */
  private static Chunk chunk(ChunkRequest request, int from, int to, int bytes) {
    List<byte[]> documents = new ArrayList<>();
    for (int id = from; id < to; id++) {
      BsonDocument document =
          new BsonDocument("_id", new BsonInt32(id)).append("x", new BsonString("x".repeat(bytes)));
      ByteBuffer raw =
          new RawBsonDocument(document, new BsonDocumentCodec()).getByteBuffer().asNIO();
      byte[] copy = new byte[raw.remaining()];
      raw.get(copy);
      documents.add(copy);
    }
    ByteBuffer all = ByteBuffer.allocate(documents.stream().mapToInt(each -> each.length).sum());
    int[] offsets = new int[documents.size()];
    for (int i = 0; i < offsets.length; i++) {
      offsets[i] = all.position();
      all.put(documents.get(i));
    }
    return new Chunk(request, all.array(), offsets, request.at(), request.at());
  }

  private List<String> operations() {
    return out.stream()
        .map(
            change ->
                change instanceof SnapshotNotice notice
                    ? notice.kind().text()
                    : ((ChangeEvent) change).operation().text())
        .toList();
  }

  /** Before MongoDB 5.0 it may show what happened at any moment up to the one of its end. */
  @Test
  void aChunkThatEndsAtTheMomentOfATokenWaitsUnlessAllOfThatHasPassed() {
    ResumeToken token = ModelServer.moment(START.getValue() + 5);
    for (boolean all : List.of(false, true)) {
      out.clear();
      Splice splice = splice(limits(10, 1, 1 << 20), KeyRange.of(PLAYS));
      splice.mark(token, all, out::add);
      ChunkRequest request = splice.toRead().get(0);
      Chunk read = chunk(request, 100, 102, 1);
      splice.arrived(
          new Chunk(request, read.bytes(), read.offsets(), read.from(), START.getValue() + 5));

      splice.letInNext(out::add);

      assertThat(operations())
          .isEqualTo(
              all ? List.of("snapshot-started", "read", "read") : List.of("snapshot-started"));
    }
  }

  @Test
  void aChunkWaitsForFourTimesAsManyEventsAtTheMost() {
    Splice splice = splice(limits(10, 1, 1 << 20), KeyRange.of(PLAYS));
    splice.change(Events.insert(1), out::add);
    splice.arrived(chunk(splice.toRead().get(0), 100, 102, 1));
    out.clear();
    for (int event = 2; event < 12; event++) {
      splice.change(Events.insert(event), out::add);
    }

    assertThat(operations().indexOf("read")).isEqualTo(7);
    assertThat(operations()).filteredOn("read"::equals).hasSize(2);
  }

  @Test
  void largeDocumentsAreReadByFewerReaders() {
    Namespace others = new Namespace("scrabble", "others");
    Splice splice = splice(limits(10, 2, 1_000), KeyRange.of(PLAYS), KeyRange.of(others));
    splice.change(Events.insert(1), out::add);
    List<ChunkRequest> both = splice.toRead();
    assertThat(both).hasSize(2);
    both.forEach(request -> splice.arrived(chunk(request, 100, 102, 5_000)));
    splice.letInNext(out::add);
    splice.letInNext(out::add);

    List<ChunkRequest> next = splice.toRead();

    assertThat(next).singleElement().extracting(ChunkRequest::limit).isEqualTo(1);
    assertThat(splice.toRead()).isEmpty();
  }

  @Test
  void nothingIsReadAsItWasBeforeTheFloor() {
    Splice splice =
        new Splice(
            SnapshotProgress.begin("s", START, "", false, List.of(KeyRange.of(PLAYS))),
            new Position.At(START),
            new BsonTimestamp(1_700_000_000, 5).getValue(),
            limits(10, 1, 1 << 20),
            () -> room,
            Clock.systemUTC());
    splice.change(Events.insert(5), out::add);
    assertThat(splice.toRead()).isEmpty();

    splice.change(Events.insert(6), out::add);

    assertThat(splice.toRead()).hasSize(1);
  }

  @Test
  void nothingMoreIsReadWhileItIsPaused() {
    Splice splice = splice(limits(10, 1, 1 << 20), KeyRange.of(PLAYS));
    splice.pause(true);
    splice.change(Events.insert(1), out::add);
    assertThat(splice.toRead()).isEmpty();

    splice.pause(false);

    assertThat(splice.toRead()).hasSize(1);
  }

  /** A change waits for a slice, not for a chunk. */
  @Test
  void aChunkIsLetInSliceBySlice() {
    Splice splice = splice(limits(20, 1, 1 << 20), KeyRange.of(PLAYS));
    splice.change(Events.insert(1), out::add);
    splice.arrived(chunk(splice.toRead().get(0), 100, 112, 1));
    out.clear();
    splice.change(Events.insert(2), out::add);
    splice.letInNext(out::add);
    splice.change(Events.insert(3), out::add);
    splice.letInNext(out::add);
    splice.letInNext(out::add);

    assertThat(operations())
        .containsExactly(
            "insert", "read", "read", "read", "read", "read", "insert", "read", "read", "read",
            "read", "read", "read", "read");
    assertThat(splice.progress().documents()).isEqualTo(12);
    assertThat(splice.toRead()).hasSize(1);
  }

  @Test
  void aDocumentThatChangesBetweenTwoSlicesIsLeftOut() {
    Splice splice = splice(limits(20, 1, 1 << 20), KeyRange.of(PLAYS));
    splice.change(Events.insert(1), out::add);
    splice.arrived(chunk(splice.toRead().get(0), 2, 12, 1));
    splice.change(Events.insert(2), out::add);
    splice.letInNext(out::add);
    splice.change(Events.insert(7), out::add);
    splice.letInNext(out::add);

    assertThat(splice.progress().leftOut()).isEqualTo(2);
    assertThat(splice.progress().documents()).isEqualTo(8);
  }

  @Test
  void nothingIsLetInWhileThereIsNoRoomForIt() {
    Splice splice = splice(limits(20, 1, 1 << 20), KeyRange.of(PLAYS));
    splice.change(Events.insert(1), out::add);
    splice.arrived(chunk(splice.toRead().get(0), 100, 103, 1));
    splice.change(Events.insert(2), out::add);
    room = false;
    splice.letInNext(out::add);
    assertThat(splice.isReady()).isFalse();
    assertThat(operations()).doesNotContain("read");

    room = true;

    assertThat(splice.isReady()).isTrue();
    splice.letInNext(out::add);
    assertThat(operations()).contains("read");
  }

  @Test
  void oneThatIsCancelledIsGivenUpAndIsOver() {
    Splice splice = splice(limits(10, 1, 1 << 20), KeyRange.of(PLAYS));
    splice.change(Events.insert(1), out::add);
    splice.cancel(out::add);

    assertThat(operations()).containsExactly("snapshot-started", "insert", "snapshot-abandoned");
    assertThat(splice.isOver()).isTrue();
    assertThat(out.get(2).position()).isEqualTo(splice.position());
    assertThat(splice.position().snapshot()).isEmpty();
  }
}
