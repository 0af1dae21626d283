package dev.sluice.pipeline;

import dev.sluice.change.ChangeEvent;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.CheckpointStore;
import dev.sluice.checkpoint.CheckpointWriter;
import dev.sluice.checkpoint.InFlightWindow;
import dev.sluice.config.DeliverySettings;
import dev.sluice.envelope.Message;
import dev.sluice.pipeline.Publishing.Outgoing;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * One run from a position to the first failure, or to the end of the stream: a channel, a stream, a
 * window, all of them new. Whatever goes wrong tears down the whole of it.
 */
final class Attempt {
  private final ChangeSource source;
  private final EventPublisher publisher;
  private final Function<ChangeEvent, Message> encoder;
  private final DeliverySettings settings;
  private final PipelineSchedulers schedulers;
  private final PipelineListener listener;
  private final Position from;
  private final InFlightWindow window;
  private final Admission admission;
  private final Publishing publishing;
  private final CheckpointWriter checkpoints;
  private final AtomicBoolean streaming = new AtomicBoolean();

  Attempt(PipelineParts parts, Checkpoint claimed, Position from, PipelineListener listener) {
    this.source = parts.source();
    this.publisher = parts.publisher();
    this.encoder = parts.encoder();
    this.settings = parts.settings();
    this.schedulers = parts.schedulers();
    this.listener = listener;
    this.from = from;
    this.window = new InFlightWindow(settings.maxInFlight(), settings.maxInFlightBytes());
    this.admission = new Admission(window, schedulers.encoder());
    this.publishing =
        new Publishing(
            window, settings.confirmTimeout(), schedulers, admission::roomMayBeFree, listener);
    CheckpointStore store = parts.checkpoints();
    this.checkpoints =
        new CheckpointWriter(
            store,
            claimed,
            window,
            settings.checkpointInterval(),
            schedulers.timer(),
            failure -> PipelineException.of(failure).kind().isRetried());
  }

  /** The window, from which the supervisor reads how far the attempt has come. */
  InFlightWindow window() {
    return window;
  }

  /**
   * Runs. Completes when the stream has ended for good, or after a stop when all that was taken in
   * is confirmed or the time for that has passed.
   *
   * @param stop completes when nothing more is to be taken in
   */
  Mono<Void> run(Mono<Void> stop) {
    return Mono.usingWhen(
        publisher.open(publishing).takeUntilOther(stop),
        channel -> checkpoints.saveDuring(deliver(channel, stop)),
        EventPublisher.ConfirmChannel::close);
  }

  private Mono<Void> deliver(EventPublisher.ConfirmChannel channel, Mono<Void> stop) {
    Flux<Outgoing> messages =
        source
            .changes(from, this::progress)
            .takeUntilOther(stop)
            .handle(this::passOverWhatIsNotPublished)
            .transform(admission::admit)
            .publishOn(schedulers.encoder(), settings.maxInFlight())
            .map(this::encode);
    Mono<Void> deadline = stop.then(Mono.delay(settings.drainTimeout(), schedulers.timer())).then();
    return publishing.publish(messages, channel).takeUntilOther(deadline);
  }

  /**
   * The end of a collection is no message, but the position moves over it: resumed before it, the
   * stream would end there again and again.
   */
  private void passOverWhatIsNotPublished(ChangeEvent event, SynchronousSink<ChangeEvent> sink) {
    nowStreaming();
    if (event.operation().isOnDocument()) {
      sink.next(event);
    } else {
      window.progress(window.last(), event.token());
    }
  }

  private Outgoing encode(Admission.Admitted admitted) {
    try {
      return new Outgoing(admitted.number(), encoder.apply(admitted.event()));
    } catch (OutOfMemoryError e) {
      throw new PipelineException(
          FailureKind.BUG, "The heap is too small for an event: give Java a larger -Xmx", e);
    } catch (RuntimeException | Error e) {
      // An error too: Reactor does not pass one on, and nothing would ever come of the attempt.
      throw new PipelineException(
          FailureKind.POISON_EVENT, "An event cannot be written as JSON: " + admitted.event(), e);
    }
  }

  private void progress(long events, ResumeToken token) {
    nowStreaming();
    window.progress(events, token);
  }

  /** The first sign of life of the stream. */
  private void nowStreaming() {
    if (streaming.compareAndSet(false, true)) {
      listener.changed(PipelineState.STREAMING, "reading on from " + from);
    }
  }
}
