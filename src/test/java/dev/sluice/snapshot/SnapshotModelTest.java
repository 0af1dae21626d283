package dev.sluice.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.checkpoint.InFlightWindow;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random interleavings of writes, chunks that are read at one time and arrive at another,
 * deliveries, confirms, saves, restarts and crashes, over ids of all types. At each delivery no
 * document may go back in time, and in the end each of four consumers has the collection exactly.
 */
class SnapshotModelTest {
  private static final int RUNS = 300;
  private static final int WINDOW = 12;
  private static final int MOST_STEPS = 60_000;

  /** What the server can do. */
  private enum Reading {
    AT_A_TIME,
    /** As of a moment that the server has chosen. */
    AT_ANY_TIME,
    /** Before MongoDB 5.0. */
    WHILE_TIME_GOES_BY
  }

  @ParameterizedTest
  @EnumSource
  void everyCopyIsExactAndNoDocumentGoesBackInTime(Reading reading) {
    for (int seed = 0; seed < RUNS; seed++) {
      try {
        new Run(new Random(seed), reading).toItsEnd();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  @Test
  void withoutTheRecordingDocumentsWouldGoBackInTime() {
    // The model itself is put to the test: it must find what it is there to find.
    int found = 0;
    for (int seed = 0; seed < 200; seed++) {
      try {
        Run run = new Run(new Random(seed), Reading.AT_A_TIME);
        run.careless = true;
        run.toItsEnd();
      } catch (AssertionError e) {
        found++;
      }
    }
    assertThat(found).isGreaterThan(20);
  }

  private static final class Run {
    private final Random random;
    private final Reading reading;
    private final ModelServer server;
    private final ModelConsumer consumer;
    private final int parallel;
    private final int chunk;
    private final int slice;
    private final int recorded;
    private boolean careless;

    // What is kept.
    private Position saved;

    // One attempt.
    private Splice splice;
    private InFlightWindow window;
    private int place;
    private final ArrayDeque<Change> pending = new ArrayDeque<>();
    private final List<Change> admitted = new ArrayList<>();
    private final List<Long> toPublish = new ArrayList<>();
    private final List<Long> published = new ArrayList<>();
    private final List<ChunkRequest> reads = new ArrayList<>();
    private final List<Chunk> replies = new ArrayList<>();
    private final Set<Position> confirmedBefore = new HashSet<>();

    Run(Random random, Reading reading) {
      this.random = random;
      this.reading = reading;
      this.server = new ModelServer(random);
      this.parallel = 1 + random.nextInt(3);
      this.chunk = 1 + random.nextInt(12);
      this.slice = 1 + random.nextInt(5);
      this.recorded = random.nextInt(3) == 0 ? 3 : 1_000;
      for (int writes = random.nextInt(60); writes > 0; writes--) {
        server.write();
      }
      this.consumer = new ModelConsumer(server);
      BsonTimestamp start = new BsonTimestamp(server.now() + 1);
      SnapshotProgress planned = SnapshotProgress.begin("s", start, "", false, ranges());
      saved = Position.of(new Position.At(start), planned.toBson());
      begin(saved, Set.of());
    }

    /** One range, or several: the boundaries are keys, whatever stands there. */
    private List<KeyRange> ranges() {
      List<KeyRange> ranges = new ArrayList<>();
      Key start = null;
      for (int rank = 1; rank < AllKeys.IN_ORDER.size(); rank++) {
        if (parallel > 1 && random.nextInt(6) == 0) {
          Key end = Key.of(new org.bson.BsonDocument("_id", AllKeys.IN_ORDER.get(rank).get(0)));
          ranges.add(new KeyRange(ModelServer.COLLECTION, start, false, end));
          start = end;
        }
      }
      ranges.add(new KeyRange(ModelServer.COLLECTION, start, false, null));
      return ranges;
    }

    private void begin(Position from, Set<Position> confirmed) {
      pending.clear();
      admitted.clear();
      toPublish.clear();
      published.clear();
      reads.clear();
      replies.clear();
      confirmedBefore.clear();
      confirmedBefore.addAll(confirmed);
      window = new InFlightWindow(WINDOW, Long.MAX_VALUE, true, from.snapshot(), Optional.empty());
      place =
          from.stream() instanceof Position.After after
              ? server.placeOf(after.token())
              : server.placeOf(((Position.At) from.stream()).time().getValue());
      splice =
          from.snapshot().isEmpty()
              ? null
              : new Splice(
                  SnapshotProgress.of(from.snapshot()),
                  from,
                  server.now(),
                  new SnapshotLimits(
                      chunk, parallel, 1 << 20, slice, 1 << 20, recorded, 1 << 20, false),
                  () -> random.nextInt(3) > 0,
                  Clock.systemUTC());
    }

    void toItsEnd() {
      int writes = random.nextInt(120);
      int steps = 0;
      boolean drops = random.nextInt(8) == 0;
      while (true) {
        assertThat(steps++).as("it never ends").isLessThan(MOST_STEPS);
        if (writes > 0 && random.nextInt(4) == 0) {
          writes--;
          if (drops && writes % 50 == 7) {
            server.drop();
          } else {
            server.write();
          }
        } else if (writes > 0 && random.nextInt(150) == 0) {
          restart();
        } else {
          step();
        }
        if (writes == 0 && consumer.hasAll() && isDone()) {
          consumer.requireExact();
          return;
        }
      }
    }

    private boolean isDone() {
      return place == server.log.size()
          && pending.isEmpty()
          && window.size() == 0
          && (splice == null || splice.isOver());
    }

    private void restart() {
      if (random.nextBoolean()) {
        begin(saved, Set.of());
      } else {
        // The process goes on and knows what is confirmed behind the position.
        Set<Position> ahead = new HashSet<>(confirmedBefore);
        ahead.addAll(window.confirmedAhead());
        saved = window.position().orElse(saved);
        begin(saved, ahead);
      }
    }

    private void step() {
      switch (random.nextInt(10)) {
        case 0, 1 -> streamOn();
        case 2, 3 -> handOver();
        case 4 -> publish();
        case 5 -> confirm();
        case 6 -> read();
        case 7 -> replyArrives();
        case 8 -> letIn();
        default -> {
          if (random.nextInt(3) == 0) {
            saved = window.position().orElse(saved);
          }
          if (random.nextInt(3) == 0) {
            server.tick();
          }
        }
      }
    }

    private void streamOn() {
      if (!pending.isEmpty()) {
        return;
      }
      if (place < server.log.size() && random.nextInt(4) > 0) {
        ChangeEvent event = server.log.get(place++).event();
        if (splice == null) {
          pending.add(event);
        } else {
          splice.change(event, pending::add);
        }
      } else {
        mark();
      }
      ask();
    }

    private void mark() {
      boolean all = place == server.log.size() && random.nextBoolean();
      long next = place < server.log.size() ? server.log.get(place).time() : server.now() + 1;
      next = all ? server.now() : next;
      boolean amidTransaction = place > 0 && server.log.get(place - 1).time() == next;
      if (amidTransaction) {
        return;
      }
      ResumeToken token = ModelServer.moment(next);
      if (splice == null) {
        window.progress(window.last(), new Position.After(token));
        return;
      }
      splice.mark(token, all, pending::add);
      Position position = Position.of(new Position.After(token), splice.position().snapshot());
      window.progress(
          window.last() + pending.size(),
          new Position.WithSnapshot(new Position.After(token), position.snapshot()));
    }

    private void ask() {
      if (splice != null) {
        reads.addAll(splice.toRead());
      }
    }

    private void handOver() {
      if (!pending.isEmpty() && window.hasRoom()) {
        Change change = pending.poll();
        long number =
            window.add(change.position(), 1, change.collectionHash(), change.documentHash());
        window.encoded(number, 1);
        admitted.add(change);
        if (confirmedBefore.remove(change.position())) {
          window.passOver(number);
        } else {
          toPublish.add(number);
        }
      }
    }

    private void publish() {
      if (!toPublish.isEmpty() && window.publish(toPublish.get(0))) {
        long number = toPublish.remove(0);
        published.add(number);
        consumer.deliver(admitted.get((int) number - 1));
      }
    }

    private void confirm() {
      if (!published.isEmpty()) {
        long number = published.remove(random.nextInt(published.size()));
        window.confirm(number, number);
      }
    }

    /** What the server finds now. */
    private void read() {
      if (!reads.isEmpty()) {
        ChunkRequest request = reads.remove(random.nextInt(reads.size()));
        long later = request.at() + random.nextInt((int) (server.now() - request.at()) + 1);
        Chunk found =
            switch (reading) {
              case AT_A_TIME -> server.read(request, request.at());
              case AT_ANY_TIME -> server.read(request, later);
              case WHILE_TIME_GOES_BY -> server.readWhileTimeGoesBy(request);
            };
        replies.add(
            careless
                ? new Chunk(request, found.bytes(), found.offsets(), server.now(), found.until())
                : found);
      }
    }

    private void replyArrives() {
      if (!replies.isEmpty() && pending.isEmpty() && splice != null) {
        splice.arrived(replies.remove(random.nextInt(replies.size())));
        splice.letInNext(pending::add);
        ask();
      }
    }

    /** There is room, or not. */
    private void letIn() {
      if (pending.isEmpty() && splice != null) {
        splice.letInNext(pending::add);
        ask();
      }
    }
  }
}
