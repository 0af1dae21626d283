package dev.sluice.checkpoint;

import static dev.sluice.testing.Events.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Position;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

class CheckpointWriterTest {
  private final VirtualTimeScheduler timer = VirtualTimeScheduler.create();
  private final InFlightWindow window = new InFlightWindow(8, 1_000);
  private final List<Position> asked = new CopyOnWriteArrayList<>();
  private final Sinks.Empty<Void> delivery = Sinks.empty();
  private volatile Mono<Void> answer = Mono.empty();

  private CompletableFuture<Void> run() {
    CheckpointStore store =
        new CheckpointStore() {
          @Override
          public Mono<Claim> claim(Optional<Checkpoint> known) {
            return Mono.never();
          }

          @Override
          public Mono<Void> renew(Checkpoint claimed) {
            return Mono.never();
          }

          @Override
          public Mono<Void> release(Checkpoint checkpoint) {
            return Mono.never();
          }

          @Override
          public Mono<Void> save(Checkpoint checkpoint) {
            asked.add(checkpoint.position().orElseThrow());
            return answer;
          }
        };
    CheckpointWriter writer =
        new CheckpointWriter(
            store,
            new Checkpoint("test", 1, Optional.empty()),
            window,
            Duration.ofSeconds(1),
            timer,
            failure -> PipelineException.of(failure).kind().isPassing());
    return writer.saveDuring(delivery.asMono()).toFuture();
  }

  private void confirm(int number) {
    window.publish(window.add(new Position.After(token(number)), 1, number));
    window.confirm(number, number);
  }

  @Test
  void goesOnAfterASaveThatIsNotAnsweredInTime() {
    answer = Mono.never();
    CompletableFuture<Void> ended = run();
    confirm(1);
    timer.advanceTimeBy(Duration.ofSeconds(20));

    assertThat(ended).isNotDone();
    answer = Mono.empty();
    confirm(2);
    timer.advanceTimeBy(Duration.ofSeconds(20));

    assertThat(asked).last().isEqualTo(new Position.After(token(2)));
    delivery.tryEmitEmpty();
    assertThat(ended).isCompleted();
  }
}
