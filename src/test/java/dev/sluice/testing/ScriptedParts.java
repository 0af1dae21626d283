package dev.sluice.testing;

import dev.sluice.change.Change;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.config.DeliverySettings;
import dev.sluice.config.DocumentOrder;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.FailureSettings;
import dev.sluice.config.FailureSettings.OnPoison;
import dev.sluice.config.FailureSettings.OnPositionLost;
import dev.sluice.config.FailureSettings.OnUnroutable;
import dev.sluice.config.JsonMode;
import dev.sluice.config.Partition;
import dev.sluice.config.Scope;
import dev.sluice.config.ShapeSettings;
import dev.sluice.config.View;
import dev.sluice.message.EnvelopeEncoder;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.pipeline.Beginning;
import dev.sluice.pipeline.ChangeSource;
import dev.sluice.pipeline.PipelineListener;
import dev.sluice.pipeline.PipelineMeter;
import dev.sluice.pipeline.PipelineParts;
import dev.sluice.pipeline.PipelineSchedulers;
import dev.sluice.pipeline.PipelineState;
import dev.sluice.pipeline.PipelineSupervisor;
import dev.sluice.pipeline.Snapshots;
import dev.sluice.shape.Shaping;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A pipeline between scripted servers, and its parts; what a test does not set has a default. It is
 * started once, and ends when it is closed.
 */
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
  public Partition partition = Partition.WHOLE;
  public DocumentOrder order = DocumentOrder.STRICT;
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
  public Beginning beginning = Beginning.AS_SAVED;
  public CheckpointStore store = checkpoints;
  public Snapshots snapshots = Snapshots.none(source);
  public Scheduler timer = Schedulers.newSingle("test-timer");

  /** Every change of state since the start. */
  public final List<PipelineState> states = new CopyOnWriteArrayList<>();

  /** The same with why, as "STATE: reason". */
  public final List<String> reasons = new CopyOnWriteArrayList<>();

  private PipelineSupervisor pipeline;

  /** Not before {@link #start}. */
  private CompletableFuture<Void> ended = CompletableFuture.completedFuture(null);

  private final Scheduler encoding = Schedulers.newSingle("test-encode");
  private final Scheduler publishing = Schedulers.newSingle("test-publish");

  public PipelineParts parts() {
    return new PipelineParts(
        from,
        partition,
        new Shaping(shape),
        change -> encoder.apply(change),
        new ParkedMessages("test_queue.parked", maxMessageBytes),
        publisher,
        store,
        new DeliverySettings(
            window,
            1 << 20,
            order,
            1,
            maxMessageBytes,
            confirmTimeout,
            checkpointInterval,
            drainTimeout,
            lease),
        failures,
        snapshots,
        new PipelineSchedulers(encoding, publishing, timer),
        transactionMarkers,
        PipelineMeter.NONE);
  }

  /** Starts the pipeline, and waits for nothing. */
  public void start() {
    start(parts(), (state, reason) -> {});
  }

  /** The same with parts that somebody has changed, and one more who hears of states. */
  public PipelineSupervisor start(PipelineParts changed, PipelineListener also) {
    pipeline =
        new PipelineSupervisor(
            changed,
            beginning,
            (state, reason) -> {
              note(state, reason);
              also.changed(state, reason);
            });
    ended = pipeline.run().toFuture();
    return pipeline;
  }

  private void note(PipelineState state, String reason) {
    states.add(state);
    reasons.add(state + ": " + reason);
  }

  public PipelineState state() {
    return pipeline.state();
  }

  /** Tells it to stop, and waits for nothing. */
  public void stop() {
    pipeline.stop();
  }

  public CompletableFuture<Void> ended() {
    return ended;
  }

  @Override
  public void close() {
    if (!ended.isDone()) {
      stop();
      ended.orTimeout(10, TimeUnit.SECONDS).join();
    }
    encoding.dispose();
    publishing.dispose();
    timer.dispose();
  }
}
