package dev.sluice.pipeline;

import dev.sluice.change.Position;
import dev.sluice.snapshot.RequestBook;
import dev.sluice.snapshot.SnapshotProgress;
import dev.sluice.snapshot.SnapshotRequest;
import dev.sluice.snapshot.SnapshotRequest.State;
import dev.sluice.snapshot.SnapshotRequest.Wish;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Looks now and then whether somebody wants a snapshot, beside the events and on a way of its own,
 * and answers. One is taken at a time; the others wait. What cannot be looked at is looked at the
 * next time.
 */
public final class RequestDesk {
  private static final Logger log = LoggerFactory.getLogger(RequestDesk.class);

  /** As often as a lease is renewed: one small read, and nothing if there is no request. */
  private static final Duration PERIOD = Duration.ofSeconds(2);

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final PipelineSupervisor pipeline;
  private final Snapshots snapshots;
  private final RequestBook book;
  private final Scheduler timer;
  private boolean failing;

  /**
   * @param snapshots those of the pipeline
   */
  public RequestDesk(
      PipelineSupervisor pipeline, Snapshots snapshots, RequestBook book, Scheduler timer) {
    this.pipeline = pipeline;
    this.snapshots = snapshots;
    this.book = book;
    this.timer = timer;
  }

  /** Runs the work and looks alongside. Ends as the work does. Cold; for one work only. */
  public Mono<Void> during(Mono<Void> work) {
    return Alongside.during(work, PERIOD, timer, tick -> look());
  }

  private Mono<Void> look() {
    if (!pipeline.isDelivering()) {
      return Mono.empty();
    }
    return book.open()
        .flatMap(open -> open.isEmpty() ? Mono.<Void>empty() : treat(open))
        .timeout(PATIENCE, timer)
        .doOnSuccess(nothing -> failing = false)
        .onErrorResume(this::nextTime);
  }

  private Mono<Void> nextTime(Throwable failure) {
    if (!failing) {
      failing = true;
      log.warn("Requests for snapshots cannot be looked at: {}", failure.getMessage());
    }
    return Mono.empty();
  }

  private Mono<Void> treat(List<SnapshotRequest> open) {
    Optional<SnapshotProgress> running =
        pipeline
            .position()
            .map(Position::snapshot)
            .filter(kept -> !kept.isEmpty())
            .map(SnapshotProgress::of);
    String id = running.map(SnapshotProgress::id).orElse("");
    boolean free = running.isEmpty() && !snapshots.isWished();
    Mono<Void> answers = Mono.empty();
    for (SnapshotRequest request : open) {
      if (request.id().equals(id)) {
        answers = answers.then(steer(request, running.orElseThrow()));
      } else if (hasEnded(request)) {
        answers =
            answers.then(book.answer(request.id(), State.ENDED, snapshots.endOf(request.id())));
      } else if (snapshots.isWished(request.id())) {
        // About to begin, or to be taken up again: at one of the next looks it is known which.
        continue;
      } else if (request.wish() == Wish.CANCEL) {
        answers = answers.then(book.answer(request.id(), State.VOID, "cancelled before it began"));
      } else if (free && request.wish() == Wish.RUN) {
        free = false;
        answers = answers.then(take(request));
      } else if (request.answer().isEmpty()) {
        answers =
            answers.then(
                book.answer(
                    request.id(),
                    State.WAITING,
                    running.isPresent() ? "waits for the snapshot " + id : "waits"));
      }
    }
    return answers;
  }

  /** What cannot be read at all is answered, and not begun. */
  private Mono<Void> take(SnapshotRequest request) {
    return snapshots
        .take(request)
        .onErrorResume(
            failure -> {
              PipelineException recognised = PipelineException.of(failure);
              return recognised.kind().isPassing()
                  ? Mono.error(recognised)
                  : book.answer(request.id(), State.VOID, recognised.getMessage());
            });
  }

  /** A small one may be over before it was ever seen to run. */
  private boolean hasEnded(SnapshotRequest request) {
    return request.state() == State.RUNNING
        || request.state() == State.PAUSED
        || snapshots.hasEnded(request.id());
  }

  /** Of the one that runs. */
  private Mono<Void> steer(SnapshotRequest request, SnapshotProgress progress) {
    String how = progress.documents() + " documents published";
    return switch (request.wish()) {
      case RUN -> {
        snapshots.pause(false);
        yield book.answer(request.id(), State.RUNNING, how);
      }
      case PAUSE -> {
        snapshots.pause(true);
        yield book.answer(request.id(), State.PAUSED, how);
      }
      case CANCEL -> Mono.fromRunnable(snapshots::cancel);
    };
  }
}
