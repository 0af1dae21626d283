package dev.sluice.inserter;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoServerException;
import dev.sluice.mongo.MongoConnection;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * Sends a write again while the replica set elects, where the driver, which does so once, has given
 * up. Whether a write that failed was carried out nobody can say, so each has to be one that does
 * nothing the second time: an update and a replacement set what is there already, a delete finds
 * nothing, and an insert is refused as a duplicate of itself.
 */
final class RepeatedWrites {
  /**
   * An election takes a set 12 s by its defaults (manual: Replica Set Elections), and slow ones.
   */
  static final Duration LIMIT = Duration.ofSeconds(60);

  private static final Duration PAUSE = Duration.ofMillis(200);

  private final MongoConnection connection;
  private final Scheduler timer;

  /** Before a server has answered at all there is nothing that would be worth waiting for. */
  private volatile boolean answered;

  RepeatedWrites(MongoConnection connection, Scheduler timer) {
    this.connection = connection;
    this.timer = timer;
  }

  /**
   * Completes once the write is acknowledged, by the first sending or by another.
   *
   * @param write sends it; may be called several times
   * @param isThere looks whether all that was to be inserted is there. Asked only when a repeated
   *     write is refused as a duplicate: another unique index may be what refuses it
   */
  Mono<Void> acknowledged(Supplier<Publisher<?>> write, Supplier<Mono<Boolean>> isThere) {
    return Mono.defer(
        () -> {
          long began = timer.now(TimeUnit.MILLISECONDS);
          AtomicBoolean repeated = new AtomicBoolean();
          return Mono.defer(() -> Mono.from(write.get()))
              .then()
              .onErrorResume(
                  refused -> repeated.get() && isDuplicate(refused),
                  refused -> orRefused(isThere.get(), refused))
              .doOnSuccess(done -> answered = true)
              .retryWhen(
                  Retry.from(
                      failures ->
                          failures.concatMap(
                              failed -> {
                                repeated.set(true);
                                return again(failed.failure(), began);
                              })));
        });
  }

  private static Mono<Void> orRefused(Mono<Boolean> isThere, Throwable refused) {
    return isThere.flatMap(there -> there ? Mono.empty() : Mono.error(refused));
  }

  private Mono<Long> again(Throwable failure, long began) {
    answered |= failure instanceof MongoServerException;
    boolean inTime = timer.now(TimeUnit.MILLISECONDS) - began < LIMIT.toMillis();
    return answered && inTime && isPassing(failure)
        ? Mono.delay(PAUSE, timer)
        : Mono.error(failure);
  }

  private boolean isPassing(Throwable failure) {
    return connection.recognise(failure) instanceof PipelineException recognised
        && recognised.kind() == FailureKind.TRANSIENT;
  }

  private static boolean isDuplicate(Throwable failure) {
    if (failure instanceof MongoBulkWriteException bulk) {
      return bulk.getWriteConcernError() == null
          && bulk.getWriteErrors().stream()
              .allMatch(error -> error.getCategory() == ErrorCategory.DUPLICATE_KEY);
    }
    return failure instanceof MongoServerException server
        && ErrorCategory.fromErrorCode(server.getCode()) == ErrorCategory.DUPLICATE_KEY;
  }
}
