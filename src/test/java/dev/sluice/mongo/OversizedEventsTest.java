package dev.sluice.mongo;

import static dev.sluice.testing.Events.behind;
import static dev.sluice.testing.Events.event;
import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.MongoCommandException;
import com.mongodb.ServerAddress;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Oversized;
import dev.sluice.change.Position;
import dev.sluice.pipeline.ChangeSource.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SynchronousSink;

class OversizedEventsTest {
  private static final int BATCH = 4;

  /** Streams of a log of so many events, of which some are too large to be sent. */
  private record Log(int size, IntPredicate tooLarge) implements OversizedEvents.Streams {
    @Override
    public Flux<ChangeEvent> events(Position from, int batchSize, Progress progress) {
      return Flux.generate(
              () -> next(from),
              (Integer first, SynchronousSink<List<Integer>> sink) -> {
                int end = Math.min(first + batchSize, size + 1);
                List<Integer> batch = new ArrayList<>();
                for (int number = first; number < end; number++) {
                  batch.add(number);
                }
                if (batch.isEmpty()) {
                  sink.complete();
                } else if (batch.stream().anyMatch(tooLarge::test)) {
                  sink.error(
                      new MongoCommandException(
                          new BsonDocument("code", new BsonInt32(10334)), new ServerAddress()));
                } else {
                  sink.next(batch);
                }
                return end;
              })
          .concatMapIterable(batch -> batch, 1)
          .map(number -> event("insert", number, number));
    }

    @Override
    public Flux<ChangeEvent> keys(Position from) {
      int first = next(from);
      return Flux.range(first, size + 1 - first).map(number -> event("insert", number, number));
    }

    private int next(Position from) {
      for (int number = 0; number <= size; number++) {
        if (behind(number).equals(from)) {
          return number + 1;
        }
      }
      throw new AssertionError(from);
    }
  }

  private static List<Change> all(int size, IntPredicate tooLarge) {
    return new OversizedEvents(new Log(size, tooLarge), BATCH, behind(0), (events, token) -> {})
        .changes()
        .collectList()
        .block(Duration.ofMinutes(1));
  }

  private static void assertComplete(List<Change> changes, IntPredicate tooLarge) {
    for (int number = 1; number <= changes.size(); number++) {
      Change change = changes.get(number - 1);
      assertThat(change.position()).isEqualTo(behind(number));
      assertThat(change instanceof Oversized).isEqualTo(tooLarge.test(number));
    }
  }

  @Test
  void passesOverSingleEventsWherever() {
    for (int large = 1; large <= 10; large++) {
      int number = large;
      List<Change> changes = all(10, each -> each == number);

      assertThat(changes).hasSize(10);
      assertComplete(changes, each -> each == number);
    }
  }

  @Test
  void passesOverSeveralInARowAndLaterOnes() {
    IntPredicate tooLarge = each -> each > 3 && each < 7 || each == 18;

    List<Change> changes = all(20, tooLarge);

    assertThat(changes).hasSize(20);
    assertComplete(changes, tooLarge);
  }

  /** As deep as it is after two: what comes later must not run through all that came before. */
  @Test
  void passesOverThousandsWithoutGettingSlowerOrDeeper() {
    List<Change> changes = all(6_000, each -> each % 2 == 0);

    assertThat(changes).hasSize(6_000);
  }
}
