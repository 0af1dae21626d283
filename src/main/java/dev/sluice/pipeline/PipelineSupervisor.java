package dev.sluice.pipeline;

import dev.sluice.change.Gap;
import dev.sluice.change.Numbering;
import dev.sluice.change.Position;
import dev.sluice.checkpoint.Checkpoint;
import dev.sluice.checkpoint.Claim;
import dev.sluice.checkpoint.InFlightWindow;
import dev.sluice.config.FailureSettings.OnPoison;
import dev.sluice.config.FailureSettings.OnPositionLost;
import dev.sluice.config.FailureSettings.OnUnroutable;
import dev.sluice.config.WrongSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import org.bson.BsonDocument;
import org.bson.BsonTimestamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * Keeps a pipeline running: stands by until it is ours, makes one {@link Attempt} after the other,
 * each from the newest confirmed position, and decides what a failure leads to. The only place that
 * tries anything again.
 */
public final class PipelineSupervisor {
  private static final Logger log = LoggerFactory.getLogger(PipelineSupervisor.class);

  /** How many refused messages are remembered: a whole window may be refused in one attempt. */
  private static final int REFUSALS = 1_000;

  private final PipelineParts parts;
  private final StateLog states;
  private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
  private final Sinks.Empty<Void> stop = Sinks.empty();
  private final Leadership leadership;
  private final Refusals refusals;
  private final FirstPosition firstPosition;
  private final LostPosition lostPosition;
  private final OplogGuard guard;
  private final EventNumbers numbers;

  private final BooleanSupplier exhausted;

  private volatile boolean stopping;
  private volatile Attempt current;

  /** Events that came through before the current attempt; touched by one thread at a time. */
  private volatile long settledBefore;

  /** A gap that is to be told of before the stream goes on, and the position that was lost. */
  private Optional<Gap> gap = Optional.empty();

  private Optional<Position> lost = Optional.empty();

  /** A snapshot that is taken because of the gap. */
  private Optional<BsonDocument> anew = Optional.empty();

  /** The events behind the confirmed position that are confirmed all the same. */
  private Set<Position> confirmedAhead = Set.of();

  /** How many events are still to be published one at a time. */
  private int oneByOne;

  /** Whether the last attempt has found out which message RabbitMQ will not have. */
  private boolean culpritFound;

  /**
   * @param listener hears of every change of state, besides the log
   */
  public PipelineSupervisor(PipelineParts parts, PipelineListener listener) {
    this(parts, Beginning.AS_SAVED, listener);
  }

  /**
   * @param beginning where it is to begin
   * @param listener hears of every change of state, besides the log
   */
  public PipelineSupervisor(PipelineParts parts, Beginning beginning, PipelineListener listener) {
    this(parts, beginning, () -> false, listener);
  }

  /**
   * @param exhausted whether a stream that has ended is the last one
   */
  PipelineSupervisor(
      PipelineParts parts,
      Beginning beginning,
      BooleanSupplier exhausted,
      PipelineListener listener) {
    this.exhausted = exhausted;
    this.parts = parts;
    this.states = new StateLog(listener);
    this.leadership =
        new Leadership(parts.checkpoints(), parts.settings().lease(), parts.schedulers().timer());
    this.numbers = new EventNumbers(parts, leadership);
    this.firstPosition = new FirstPosition(parts, leadership, beginning);
    this.refusals =
        new Refusals(parts.failures(), Math.max(REFUSALS, parts.settings().maxInFlight()));
    this.lostPosition = new LostPosition(parts.source(), parts.schedulers().timer());
    this.guard = new OplogGuard(parts.source(), this::position, parts.schedulers().timer());
  }

  public PipelineState state() {
    return states.current();
  }

  /**
   * How long until the confirmed position falls off MongoDB's log if it does not move any more;
   * empty if that is not known.
   */
  public Optional<Duration> untilPositionIsLost() {
    return guard.left();
  }

  /** How far MongoDB's log reaches back; empty if that is not known. */
  public Optional<Duration> logLength() {
    return guard.length();
  }

  /** What is under way; what an attempt that has failed left stays until the next one begins. */
  public InFlight inFlight() {
    Attempt attempt = current;
    return attempt == null ? InFlight.NOTHING : InFlight.of(attempt.window());
  }

  /** Whether this instance is the one that runs the pipeline. From any thread. */
  public boolean holdsLease() {
    return leadership.isHeld();
  }

  /**
   * Runs until {@link #stop}, then completes when everything taken in is confirmed and saved. Fails
   * with a {@link PipelineException} when going on makes no sense. Cold; to be subscribed to once.
   */
  public Mono<Void> run() {
    Mono<Void> attempts =
        Mono.defer(this::attempt)
            .retryWhen(Retry.from(failures -> failures.concatMap(f -> afterwards(f.failure()), 1)))
            .repeat(() -> !stopping && !exhausted.getAsBoolean() && !isDone())
            .then();
    return Mono.usingWhen(
            Mono.fromRunnable(() -> states.changed(PipelineState.STARTING, "connecting"))
                .thenReturn(leadership),
            ours -> ours.during(guard.during(attempts)),
            Leadership::resign)
        .doOnSuccess(
            nothing -> states.changed(PipelineState.STOPPED, "all that was taken in is settled"))
        .doOnError(failure -> states.changed(PipelineState.FAILED, failure.getMessage()));
  }

  /** Takes nothing in any more and lets {@link #run} come to its end. From any thread. */
  public void stop() {
    stopping = true;
    states.stopping();
    stop.tryEmitEmpty();
  }

  /** Whether events flow, or would if there were any: not while it stands by. From any thread. */
  boolean isDelivering() {
    PipelineState state = states.current();
    return leadership.isHeld()
        && (state == PipelineState.STREAMING || state == PipelineState.THROTTLED);
  }

  /** How many events have come through: confirmed, parked, or left out. From any thread. */
  long settledEvents() {
    Attempt attempt = current;
    return attempt == null ? 0 : settledBefore + attempt.window().confirmedEvents();
  }

  /** The newest confirmed position. From any thread. */
  public Optional<Position> position() {
    Attempt attempt = current;
    Optional<Position> reached = attempt == null ? Optional.empty() : attempt.window().position();
    Checkpoint stored = leadership.checkpoint();
    return reached.isPresent() || stored == null ? reached : stored.position();
  }

  private Mono<Void> attempt() {
    if (stopping) {
      return Mono.empty();
    }
    return leadership
        .obtain(this::standBy)
        .flatMap(firstPosition::of)
        .doOnError(failure -> parts.meter().broke(PipelineMeter.Side.SOURCE))
        .takeUntilOther(stop.asMono())
        .flatMap(this::attemptFrom);
  }

  private void standBy(Claim.Others others) {
    firstPosition.requireNobodyElse(others);
    parts.meter().works(PipelineMeter.Side.SOURCE);
    states.changed(
        PipelineState.STANDBY,
        "the pipeline is run by " + others.owner() + "; waiting to take over");
  }

  /** Whether all that was wanted is confirmed, and kept. */
  private boolean isDone() {
    return parts.snapshots().isDone(position());
  }

  private Mono<Void> attemptFrom(Position from) {
    Position wished = parts.snapshots().beginWished(from);
    if (!wished.equals(from)) {
      return Patience.withAnswer(
              parts.checkpoints().save(leadership.checkpoint().at(wished)),
              "has not saved the position",
              parts.schedulers().timer())
          .then(
              Mono.defer(
                  () -> {
                    leadership.reached(wished);
                    parts.snapshots().begun();
                    return attemptFrom(wished);
                  }));
    }
    if (parts.snapshots().isDone(Optional.of(from))) {
      log.info("The snapshot has been taken: there is nothing more to do");
      return Mono.empty();
    }
    if (!lost.equals(Optional.of(from))) {
      // Another instance may have gone on meanwhile.
      gap = Optional.empty();
      anew = Optional.empty();
    }
    Position start =
        gap.map(told -> Position.of(told.position(), anew.orElse(from.snapshot()))).orElse(from);
    return numbers.of(start, gap.isEmpty()).flatMap(numbering -> attempt(start, numbering));
  }

  private Mono<Void> attempt(Position start, Optional<Numbering> numbering) {
    Attempt attempt =
        new Attempt(
            parts,
            leadership,
            refusals,
            new Start(start, gap, oneByOne, confirmedAhead, numbering),
            this::changed);
    int refusedBefore = refusals.noted();
    settledBefore = settledEvents();
    current = attempt;
    // Before the end is passed on: what is subscribed to next starts from here.
    return attempt
        .run(stop.asMono())
        .doOnTerminate(
            () -> {
              remember(attempt);
              culpritFound = refusals.noted() > refusedBefore;
            })
        .doOnSuccess(nothing -> sayWhatIsLeft(attempt));
  }

  private void changed(PipelineState state, String reason) {
    if (state == PipelineState.STREAMING) {
      firstPosition.opened();
    }
    states.changed(state, reason);
  }

  private void remember(Attempt attempt) {
    InFlightWindow window = attempt.window();
    confirmedAhead = attempt.confirmedAhead();
    parts.meter().leftUnanswered(window.awaitingConfirm());
    window.reached(leadership.checkpoint()).ifPresent(leadership::reached);
    oneByOne = (int) Math.max(0, oneByOne - window.confirmedEvents());
    if (window.confirmedEvents() > 0) {
      gap = Optional.empty();
      anew = Optional.empty();
      backoff.reset();
    }
  }

  private void sayWhatIsLeft(Attempt attempt) {
    int left = attempt.window().size();
    if (left > 0) {
      log.warn("Stopped with {} events unconfirmed: the next start publishes them again", left);
    }
  }

  /** What follows a failed attempt: the wait before the next one, or the end. */
  private Mono<Long> afterwards(Throwable failure) {
    // Out of an attempt it comes as the cause of what was not expected.
    Throwable asked = failure instanceof PipelineException ? failure.getCause() : failure;
    if (asked instanceof WrongSettings) {
      return Mono.error(asked);
    }
    PipelineException recognised = PipelineException.of(failure);
    parts.meter().failed(recognised);
    if (stopping) {
      log.warn("Stopped in a failure: {}", recognised.getMessage());
      return Mono.just(0L);
    }
    return switch (recognised.kind()) {
      case TRANSIENT -> backOff(PipelineState.BACKING_OFF, recognised);
      case TAKEN_OVER -> {
        leadership.lose(recognised);
        // Others will have gone on: where this is needed at all it costs repeats.
        confirmedAhead = Set.of();
        yield backOff(PipelineState.STANDBY, recognised);
      }
      case UNROUTABLE ->
          parts.failures().onUnroutable() == OnUnroutable.STOP
              ? Mono.error(recognised)
              : backOff(PipelineState.BACKING_OFF, recognised);
      case POISON_EVENT -> afterPoison(recognised);
      // Without an attempt it is not the saved position that is lost but one that was wished for.
      case POSITION_LOST ->
          current == null ? Mono.error(recognised) : afterLostPosition(recognised);
      case MISCONFIGURED, BUG -> Mono.error(recognised);
    };
  }

  /**
   * A message that RabbitMQ does not take is parked by the next attempt. If it is not known which
   * one it was, that attempt publishes one at a time what was on its way, to find out.
   */
  private Mono<Long> afterPoison(PipelineException failure) {
    boolean searched = oneByOne > 0;
    if (parts.failures().onPoison() == OnPoison.STOP || !culpritFound && searched) {
      return Mono.error(failure);
    }
    if (!culpritFound) {
      oneByOne = Math.max(1, current.window().size());
    }
    return backOff(PipelineState.BACKING_OFF, failure);
  }

  private Mono<Long> afterLostPosition(PipelineException failure) {
    if (firstPosition.isChosenAgain(position())) {
      return backOff(PipelineState.BACKING_OFF, failure);
    }
    Optional<BsonTimestamp> from = position().flatMap(Position::clusterTime);
    boolean snapshot =
        parts.snapshots().whenLost()
            || parts.failures().onPositionLost() == OnPositionLost.RESNAPSHOT;
    if (!snapshot && parts.failures().onPositionLost() == OnPositionLost.STOP) {
      return lostPosition.explain(failure, from).flatMap(Mono::error);
    }
    return lostPosition
        .gap(failure, from)
        .flatMap(
            found ->
                (snapshot ? planned().map(Optional::of) : Mono.just(Optional.<BsonDocument>empty()))
                    .flatMap(plan -> goOnBehind(found, plan, failure, from)))
        .onErrorResume(
            cause -> PipelineException.of(cause).kind().isPassing(),
            cause -> backOff(PipelineState.BACKING_OFF, PipelineException.of(cause)))
        .takeUntilOther(stop.asMono())
        .defaultIfEmpty(0L);
  }

  private Mono<BsonDocument> planned() {
    return Patience.withAnswer(
        parts.snapshots().planned(), "has not told its time", parts.schedulers().timer());
  }

  /** Unless it has just been tried there: it would be told of the same gap for ever. */
  private Mono<Long> goOnBehind(
      Gap found,
      Optional<BsonDocument> plan,
      PipelineException failure,
      Optional<BsonTimestamp> from) {
    if (current.failedAt(found.position())) {
      return lostPosition.explain(failure, from).flatMap(Mono::error);
    }
    lost = leadership.checkpoint().position();
    gap = Optional.of(found);
    anew = plan;
    log.warn(
        "{}: going on with a gap{}", found.reason(), plan.isPresent() ? " and a new snapshot" : "");
    return backOff(PipelineState.BACKING_OFF, failure);
  }

  private Mono<Long> backOff(PipelineState state, PipelineException failure) {
    Duration wait = backoff.next();
    states.changed(state, failure.getMessage());
    log.debug("Next attempt in {} ms", wait.toMillis(), failure);
    return Mono.delay(wait, parts.schedulers().timer())
        .takeUntilOther(stop.asMono())
        .defaultIfEmpty(0L)
        .doOnNext(tick -> states.tryingAgain());
  }
}
