package dev.sluice.mongo;

import static dev.sluice.testing.Events.behind;
import static dev.sluice.testing.Events.insert;
import static dev.sluice.testing.Events.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoCommandException;
import com.mongodb.ServerAddress;
import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Oversized;
import dev.sluice.change.Position;
import dev.sluice.pipeline.ChangeSource.Progress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** A server that cannot send some of its events, one of which fails the whole reply. */
class OversizedEventsTest {
  private static final Position START = new Position.At(new BsonTimestamp(1_700_000_000, 1));
  private static final int BATCH = 10;

  /** What was asked for: where from and in replies of how many; 0 stands for keys. */
  private record Asked(Position from, int batchSize) {}

  private final List<Asked> asked = new ArrayList<>();
  private final List<Long> progress = new ArrayList<>();

  /** Has events from 1 on, and ends behind the last. */
  private final class Server implements OversizedEvents.Reading {
    private final int last;
    private final Set<Integer> tooLarge;

    private final Map<Position, Integer> numbers = new HashMap<>(Map.of(START, 0));

    Server(int last, Set<Integer> tooLarge) {
      this.last = last;
      this.tooLarge = tooLarge;
      IntStream.rangeClosed(1, last).forEach(number -> numbers.put(behind(number), number));
    }

    private int next(Position from) {
      return numbers.get(from) + 1;
    }

    @Override
    public Flux<ChangeEvent> events(Position from, int batchSize, Progress reached) {
      return Flux.defer(
          () -> {
            asked.add(new Asked(from, batchSize));
            int begin = next(from);
            return Flux.range(0, last)
                .map(reply -> begin + reply * batchSize)
                .takeWhile(first -> first <= last)
                .concatMap(
                    first -> reply(begin, first, Math.min(last, first + batchSize - 1), reached),
                    1);
          });
    }

    private Flux<ChangeEvent> reply(int begin, int first, int end, Progress reached) {
      return Flux.defer(
          () -> {
            List<Integer> numbers = IntStream.rangeClosed(first, end).boxed().toList();
            if (numbers.stream().anyMatch(tooLarge::contains)) {
              return Flux.error(error(10334));
            }
            reached.reached(end - begin + 1L, token(end));
            return Flux.fromIterable(numbers).map(number -> insert(number));
          });
    }

    @Override
    public Flux<ChangeEvent> keys(Position from) {
      return Flux.defer(
          () -> {
            asked.add(new Asked(from, 0));
            return Flux.range(next(from), last - next(from) + 1).map(number -> insert(number));
          });
    }
  }

  private static MongoCommandException error(int code) {
    return new MongoCommandException(
        BsonDocument.parse("{ok: 0, code: " + code + ", errmsg: 'BSONObj size is invalid'}"),
        new ServerAddress());
  }

  private List<Change> read(OversizedEvents.Reading server, int batchSize) {
    return new OversizedEvents(server, batchSize, START, (events, token) -> progress.add(events))
        .changes()
        .collectList()
        .block();
  }

  /** The numbers of the events that came; of those of which only the keys came, below zero. */
  private List<Integer> read(int last, Integer... tooLarge) {
    return read(new Server(last, Set.of(tooLarge)), BATCH).stream()
        .map(
            change ->
                IntStream.rangeClosed(1, last)
                        .filter(number -> change.position().equals(behind(number)))
                        .findFirst()
                        .orElseThrow()
                    * (change instanceof Oversized ? -1 : 1))
        .toList();
  }

  private static Integer[] all(int last, Integer... tooLarge) {
    Set<Integer> keysOnly = Set.of(tooLarge);
    return IntStream.rangeClosed(1, last)
        .mapToObj(number -> keysOnly.contains(number) ? -number : number)
        .toArray(Integer[]::new);
  }

  @Test
  void readsOnceWhatCanBeSent() {
    assertThat(read(35)).containsExactly(all(35));
    assertThat(asked).containsExactly(new Asked(START, BATCH));
  }

  @Test
  void takesTheKeysOfTheOneThatIsTooLargeAndAllOfTheOthers() {
    assertThat(read(35, 17)).containsExactly(all(35, 17));
    assertThat(asked)
        .containsExactly(
            new Asked(START, BATCH),
            new Asked(behind(10), 1),
            new Asked(behind(16), 0),
            new Asked(behind(17), BATCH));
  }

  @Test
  void findsTheFirstAndTheLastAndSeveralInARow() {
    assertThat(read(12, 1)).containsExactly(all(12, 1));
    assertThat(read(12, 12)).containsExactly(all(12, 12));
    assertThat(read(12, 3, 4, 5, 11)).containsExactly(all(12, 3, 4, 5, 11));
    assertThat(read(3, 1, 2, 3)).containsExactly(all(3, 1, 2, 3));
  }

  @Test
  void goesBackToWholeRepliesWhereTheReasonForTheCareIsBehindIt() {
    OversizedEvents.Reading forgetful =
        new OversizedEvents.Reading() {
          private final Server whole = new Server(40, Set.of());
          private boolean failed;

          @Override
          public Flux<ChangeEvent> events(Position from, int batchSize, Progress reached) {
            if (failed) {
              return whole.events(from, batchSize, reached);
            }
            failed = true;
            return Flux.error(error(10334));
          }

          @Override
          public Flux<ChangeEvent> keys(Position from) {
            return whole.keys(from);
          }
        };

    assertThat(read(forgetful, BATCH)).hasSize(40).noneMatch(Oversized.class::isInstance);
    assertThat(asked).containsExactly(new Asked(START, 1), new Asked(behind(BATCH), BATCH));
  }

  /** Of all its streams together, as if they were one. */
  @Test
  void countsProgressFromTheStartOfTheFirstStream() {
    assertThat(read(35, 17)).hasSize(35);
    assertThat(progress).containsExactly(10L, 11L, 12L, 13L, 14L, 15L, 16L, 27L, 35L);
  }

  @Test
  void passesOnWhatTheServerSaidWithoutItsReply() {
    List<Change> changes = read(new Server(1, Set.of(1)), BATCH);

    assertThat(changes)
        .singleElement()
        .isInstanceOfSatisfying(
            Oversized.class,
            oversized ->
                assertThat(oversized.error())
                    .contains("BSONObj size is invalid")
                    .doesNotContain("full response"));
  }

  @Test
  void passesOnOtherFailures() {
    OversizedEvents.Reading failing =
        new OversizedEvents.Reading() {
          @Override
          public Flux<ChangeEvent> events(Position from, int batchSize, Progress reached) {
            return Flux.error(error(286));
          }

          @Override
          public Flux<ChangeEvent> keys(Position from) {
            throw new AssertionError("not asked for");
          }
        };

    assertThatThrownBy(() -> read(failing, BATCH)).hasMessageContaining("286");
  }

  /** A day on which a job has blown up every document. */
  @Test
  void getsPastThousandsInOneStream() {
    int many = 3_000;
    Integer[] each = IntStream.rangeClosed(1, many).boxed().toArray(Integer[]::new);

    assertThat(read(new Server(many, Set.of(each)), BATCH))
        .hasSize(many)
        .allMatch(Oversized.class::isInstance);
  }
}
