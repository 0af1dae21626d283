package dev.sluice.testing;

import dev.sluice.change.Change;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.config.DeliverySettings;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.FailureSettings;
import dev.sluice.config.FailureSettings.OnPoison;
import dev.sluice.config.FailureSettings.OnPositionLost;
import dev.sluice.config.FailureSettings.OnUnroutable;
import dev.sluice.config.JsonMode;
import dev.sluice.config.Scope;
import dev.sluice.config.ShapeSettings;
import dev.sluice.config.View;
import dev.sluice.message.EnvelopeEncoder;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.pipeline.ChangeSource;
import dev.sluice.pipeline.PipelineParts;
import dev.sluice.pipeline.PipelineSchedulers;
import dev.sluice.shape.Shaping;
import java.time.Duration;
import java.util.function.Function;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The parts of a pipeline between scripted servers; what a test does not set has a default. */
public final class ScriptedParts implements AutoCloseable {
  public static final EnvelopeSettings ENVELOPES =
      new EnvelopeSettings(
          "test",
          Scope.of("scrabble", "scrabble"),
          View.NEW_IMAGE,
          EventFormat.ENVELOPE,
          JsonMode.RELAXED,
          Long.MAX_VALUE);

  public final ScriptedSource source = new ScriptedSource();
  public final ScriptedPublisher publisher = new ScriptedPublisher();
  public final InMemoryCheckpoints checkpoints = new InMemoryCheckpoints();

  public int window = 8;
  public long maxMessageBytes = 1 << 20;
  public Duration confirmTimeout = Duration.ofSeconds(30);
  public Duration checkpointInterval = Duration.ofMillis(10);
  public Duration drainTimeout = Duration.ofMillis(500);
  public Duration lease = Duration.ofMinutes(1);
  public FailureSettings failures =
      new FailureSettings(OnPositionLost.STOP, OnUnroutable.RETRY, OnPoison.STOP);
  public Function<Change, Message> encoder =
      new EnvelopeEncoder(ENVELOPES, maxMessageBytes)::encode;
  public boolean transactionMarkers;
  public ShapeSettings shape = ShapeSettings.NONE;
  public ChangeSource from = source;
  public CheckpointStore store = checkpoints;
  public Scheduler timer = Schedulers.newSingle("test-timer");

  private final Scheduler encoding = Schedulers.newSingle("test-encode");
  private final Scheduler publishing = Schedulers.newSingle("test-publish");

  public PipelineParts parts() {
    return new PipelineParts(
        from,
        new Shaping(shape),
        change -> encoder.apply(change),
        new ParkedMessages("test_queue.parked", maxMessageBytes),
        publisher,
        store,
        new DeliverySettings(
            window,
            1 << 20,
            1,
            maxMessageBytes,
            confirmTimeout,
            checkpointInterval,
            drainTimeout,
            lease),
        failures,
        new PipelineSchedulers(encoding, publishing, timer),
        transactionMarkers);
  }

  @Override
  public void close() {
    encoding.dispose();
    publishing.dispose();
    timer.dispose();
  }
}
