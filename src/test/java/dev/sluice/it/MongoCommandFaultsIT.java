package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What MongoDB can answer to the commands that read the change stream. */
class MongoCommandFaultsIT extends OnFaultyMongo {
  private static PipelineUnderTest pipeline() {
    return new PipelineUnderTest(mongo.uri(), Map.of());
  }

  @ParameterizedTest
  @ValueSource(ints = {11600, 91, 189, 10107, 6, 7, 89, 43, 262})
  void getMoreFails(int code) throws Exception {
    try (PipelineUnderTest sluice = pipeline().start();
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      for (int times = 0; times < 2; times++) {
        mongo.failCommandOnce(code, "getMore");
        writes.goOn();
      }
      writes.endAndCheck();
    }
  }

  /** Interruptions and others that the driver does not resume from by itself, all of which pass. */
  @ParameterizedTest
  @ValueSource(ints = {11601, 237, 136, 175, 50, 134, 246})
  void getMoreFailsInAWayThatTheDriverDoesNotResumeFrom(int code) throws Exception {
    try (PipelineUnderTest sluice = pipeline().start();
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      mongo.failCommandOnce(code, "getMore");
      writes.goOn();
      writes.endAndCheck();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {11600, 91, 189, 10107, 6, 7, 89, 43, 262})
  void aggregateFailsOnResume(int code) throws Exception {
    try (PipelineUnderTest sluice = pipeline().start();
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      mongo.failCommand(code, "aggregate", "getMore");
      awaitBackingOff(sluice);
      writes.goOn();
      mongo.lift();
      writes.goOn();
      writes.endAndCheck();
      assertThat(sluice.states).as("one line for however many attempts").doesNotHaveDuplicates();
    }
  }

  private static void awaitBackingOff(PipelineUnderTest sluice) {
    await()
        .atMost(AcknowledgedWrites.PATIENCE)
        .until(() -> sluice.states.stream().anyMatch(state -> state.startsWith("BACKING_OFF")));
  }

  @ParameterizedTest
  @ValueSource(ints = {286, 280, 260})
  void positionLostWhileRunningEndsWithFourAndLosesNothingMore(int code) throws Exception {
    try (PipelineUnderTest sluice = pipeline().start();
        AcknowledgedWrites writes = AcknowledgedWrites.into(sluice)) {
      sluice.consume();
      mongo.failCommand(code, "getMore", "aggregate");

      PipelineException lost = sluice.failure();
      assertThat(lost.kind()).isEqualTo(FailureKind.POSITION_LOST);
      assertThat(lost.getMessage()).contains("no longer has the position").doesNotContain("\n");
      writes.goOn();
      mongo.lift();
      sluice.restart();
      writes.endAndCheck();
    }
  }
}
