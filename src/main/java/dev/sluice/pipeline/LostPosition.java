package dev.sluice.pipeline;

import dev.sluice.change.Gap;
import dev.sluice.change.LogWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.bson.BsonTimestamp;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/** What can be said, and done, when MongoDB no longer has the position. */
final class LostPosition {
  /** The choice is only explained better by the answer: not worth a long wait. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final ChangeSource source;
  private final Scheduler timer;

  LostPosition(ChangeSource source, Scheduler timer) {
    this.source = source;
    this.timer = timer;
  }

  /**
   * The failure with what is missing and what the choices are.
   *
   * @param from the cluster time of the position, as far as it can be told
   */
  Mono<PipelineException> explain(PipelineException failure, Optional<BsonTimestamp> from) {
    return log()
        .map(
            log ->
                new PipelineException(
                    FailureKind.POSITION_LOST,
                    failure.getMessage()
                        + missing(from, log)
                        + ". Set SLUICE_ON_POSITION_LOST=gap to go on from the earliest change that"
                        + " is still there, with a message that tells of the gap, to resnapshot to"
                        + " read all documents anew as well, or delete its"
                        + " document in the collection \"checkpoints\" of the database \"sluice\" to"
                        + " begin at the present; and make the oplog larger",
                    failure));
  }

  /**
   * The gap between the position and the earliest point that is still there. Fails for passing
   * reasons: what can be told a little later is not to be passed over.
   */
  Mono<Gap> gap(PipelineException failure, Optional<BsonTimestamp> from) {
    return readLog()
        .onErrorReturn(cause -> !isPassing(cause), Optional.empty())
        .flatMap(
            log ->
                earliest(from, log)
                    .timeout(PATIENCE, timer)
                    .map(to -> new Gap(from, to, failure.getMessage() + missing(from, log))))
        .onErrorMap(LostPosition::isPassing, cause -> unknown(failure, cause));
  }

  private static boolean isPassing(Throwable failure) {
    return failure instanceof TimeoutException || PipelineException.of(failure).kind().isPassing();
  }

  private static PipelineException unknown(PipelineException failure, Throwable cause) {
    return new PipelineException(
        FailureKind.TRANSIENT,
        failure.getMessage() + "; how far its log reaches back cannot be read for now",
        cause);
  }

  private Mono<Optional<LogWindow>> log() {
    return readLog().onErrorReturn(Optional.empty());
  }

  private Mono<Optional<LogWindow>> readLog() {
    return source
        .logWindow()
        .timeout(PATIENCE, timer)
        .map(Optional::of)
        .defaultIfEmpty(Optional.empty());
  }

  /** If only the token is not found, the stream goes on at its time, and nothing is missing. */
  private Mono<BsonTimestamp> earliest(Optional<BsonTimestamp> from, Optional<LogWindow> log) {
    if (log.isEmpty()) {
      return source.now();
    }
    return Mono.just(from.filter(log.get()::reachesBackTo).orElse(log.get().oldest()));
  }

  private static String missing(Optional<BsonTimestamp> from, Optional<LogWindow> log) {
    if (from.isEmpty() || log.isEmpty()) {
      return "";
    }
    Instant position = Instant.ofEpochSecond(Integer.toUnsignedLong(from.get().getTime()));
    if (log.get().reachesBackTo(from.get())) {
      return "; it is of "
          + position
          + ", and the oplog reaches back to then: another SLUICE_OPERATIONS, or a restored backup,"
          + " is the likely cause";
    }
    Duration missing = log.get().left(from.get()).negated();
    return "; it is of "
        + position
        + ", and the oplog begins "
        + OplogGuard.text(missing)
        + " later: the changes of that time are missing";
  }
}
