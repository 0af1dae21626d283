package dev.sluice.doctor;

import dev.sluice.pipeline.PipelineException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Carries checks out: the subjects side by side, the checks of each one after the other, none
 * longer than it may take.
 */
public final class Examination {
  private final List<Subject> subjects;
  private final Optional<Check> last;
  private final Scheduler timer;

  /**
   * @param last once all others are through, and only if the ground of each subject is well
   * @param timer for the limits
   */
  Examination(List<Subject> subjects, Optional<Check> last, Scheduler timer) {
    this.subjects = List.copyOf(subjects);
    this.last = last;
    this.timer = timer;
  }

  /** In the order of the subjects, each as soon as it is there. Cold; does not fail. */
  public Flux<Finding> findings() {
    return Flux.defer(
        () -> {
          List<String> missing = new CopyOnWriteArrayList<>();
          return Flux.fromIterable(subjects)
              .flatMapSequential(
                  subject -> findings(subject, missing), Math.max(1, subjects.size()))
              .concatWith(Flux.defer(() -> last(missing)));
        });
  }

  private Flux<Finding> last(List<String> missing) {
    return Mono.justOrEmpty(last)
        .flatMapMany(
            check ->
                missing.isEmpty()
                    ? look(check)
                    : Mono.just(check.skipped("needs " + String.join(" and ", missing))));
  }

  private Flux<Finding> findings(Subject subject, List<String> missing) {
    AtomicInteger looked = new AtomicInteger();
    return Flux.concat(
        Flux.fromIterable(subject.ground())
            .concatMap(this::look, 1)
            .doOnNext(found -> looked.incrementAndGet())
            .takeUntil(found -> isMissing(found, subject, missing)),
        Flux.defer(
            () ->
                missing.contains(subject.name())
                    ? skipped(subject, looked.get())
                    : Flux.fromIterable(subject.rest()).concatMap(this::look, 1)));
  }

  private static boolean isMissing(Finding found, Subject subject, List<String> missing) {
    return found.verdict() == Verdict.FAILURE && missing.add(subject.name());
  }

  /** Once, rather than the same failure again and again. */
  private static Flux<Finding> skipped(Subject subject, int looked) {
    String prefix = subject.name() + " ";
    List<String> names =
        Stream.concat(subject.ground().stream().skip(looked), subject.rest().stream())
            .map(check -> check.name().replace(prefix, ""))
            .toList();
    return names.isEmpty()
        ? Flux.empty()
        : Flux.just(
            new Finding(
                subject.name(),
                Verdict.SKIPPED,
                String.join(", ", names)
                    + ": nothing can be seen of them before the above is mended",
                List.of()));
  }

  private Mono<Finding> look(Check check) {
    return Mono.defer(check::look)
        .timeout(check.limit(), timer)
        .onErrorResume(failure -> Mono.just(failed(check, failure)));
  }

  private static Finding failed(Check check, Throwable failure) {
    return check.failure(
        failure instanceof TimeoutException
            ? "has not come to an end within "
                + check.limit().toSeconds()
                + " s: see what holds the server up, or the network between"
            : PipelineException.of(failure).getMessage());
  }
}
