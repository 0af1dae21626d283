package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.consume.ConsumeSettings.Answer;
import dev.sluice.pipeline.Backoff;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TooSmallHeapTest {
  private static final ConsumeSettings SETTINGS =
      new ConsumeSettings(
          "test", "queue.parked", 10, Duration.ofMillis(20), 10, Answer.STOP, Answer.APPLY);

  private final ScriptedInbox inbox = new ScriptedInbox();

  private static Target lackingMemory() {
    return new Target() {
      @Override
      public void apply(Batch batch) {
        throw new OutOfMemoryError("Java heap space");
      }

      @Override
      public void close() {}
    };
  }

  @Test
  void aConsumerSaysWhatToRaiseAndAcknowledgesNothing() {
    inbox.publish(insert(PLAYS, key(1), position(1), "{}"));
    Consumption consumption =
        new Consumption(SETTINGS, inbox, TooSmallHeapTest::lackingMemory, new Backoff(() -> 0));

    assertThatThrownBy(consumption::run)
        .isInstanceOfSatisfying(
            PipelineException.class,
            failure -> assertThat(failure.kind()).isEqualTo(FailureKind.BUG))
        .hasMessage("The heap is too small for a message: give Java a larger -Xmx")
        .hasCauseInstanceOf(OutOfMemoryError.class);
    assertThat(inbox.left()).isEqualTo(1);
  }
}
