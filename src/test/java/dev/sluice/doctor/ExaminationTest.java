package dev.sluice.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class ExaminationTest {
  private record Scripted(String name, Mono<Verdict> verdict) implements Check {
    @Override
    public Mono<Finding> look() {
      return verdict.map(come -> new Finding(name, come, "said", List.of()));
    }
  }

  private static Check check(String name, Verdict verdict) {
    return new Scripted(name, Mono.just(verdict));
  }

  private static List<String> found(Optional<Check> last, Subject... subjects) {
    return new Examination(List.of(subjects), last, Schedulers.parallel())
        .findings()
        .map(found -> found.verdict().text() + " " + found.check())
        .collectList()
        .block();
  }

  @Test
  void allAreLookedAtInTheirOrder() {
    assertThat(
            found(
                Optional.of(check("canary", Verdict.OK)),
                new Subject(
                    "one",
                    List.of(check("one a", Verdict.WARNING)),
                    List.of(check("one b", Verdict.FAILURE), check("one c", Verdict.OK))),
                new Subject("two", List.of(), List.of(check("two a", Verdict.OK)))))
        .containsExactly("warning one a", "failure one b", "ok one c", "ok two a", "ok canary");
  }

  @Test
  void whatHasNoGroundIsSkippedOnceAndTheOtherSubjectIsNot() {
    Examination examination =
        new Examination(
            List.of(
                new Subject(
                    "one",
                    List.of(check("one a", Verdict.FAILURE), check("one b", Verdict.OK)),
                    List.of(check("one c", Verdict.OK))),
                new Subject("two", List.of(), List.of(check("two a", Verdict.OK)))),
            Optional.of(check("canary", Verdict.OK)),
            Schedulers.parallel());

    List<Finding> found = examination.findings().collectList().block();

    assertThat(found)
        .extracting(each -> each.verdict().text() + " " + each.check())
        .containsExactly("failure one a", "skipped one", "ok two a", "skipped canary");
    assertThat(found.get(1).sentence()).startsWith("b, c: nothing can be seen of them");
    assertThat(found.get(3).sentence()).isEqualTo("needs one");
  }

  @Test
  void whatHangsIsGivenUpAfterItsLimitAndTheRestGoesOn() {
    VirtualTimeScheduler time = VirtualTimeScheduler.create();
    Examination examination =
        new Examination(
            List.of(
                new Subject(
                    "one",
                    List.of(),
                    List.of(new Scripted("one hangs", Mono.never()), check("one b", Verdict.OK)))),
            Optional.empty(),
            time);

    StepVerifier.create(examination.findings())
        .then(() -> time.advanceTimeBy(Duration.ofSeconds(10)))
        .assertNext(
            found -> {
              assertThat(found.verdict()).isEqualTo(Verdict.FAILURE);
              assertThat(found.sentence()).startsWith("has not come to an end within 10 s");
            })
        .expectNextCount(1)
        .verifyComplete();
  }

  @Test
  void whatFailsSaysItsSentence() {
    Supplier<RuntimeException> failure =
        () -> new PipelineException(FailureKind.MISCONFIGURED, "It is wrong: mend it");
    Examination examination =
        new Examination(
            List.of(
                new Subject("one", List.of(), List.of(new Scripted("one a", Mono.error(failure))))),
            Optional.empty(),
            Schedulers.parallel());

    assertThat(examination.findings().blockFirst())
        .isEqualTo(new Finding("one a", Verdict.FAILURE, "It is wrong: mend it", List.of()));
  }

  @Test
  void theWorstOfTwoVerdictsIsTheOneThatCounts() {
    assertThat(Verdict.OK.orWorse(Verdict.SKIPPED)).isEqualTo(Verdict.SKIPPED);
    assertThat(Verdict.FAILURE.orWorse(Verdict.WARNING)).isEqualTo(Verdict.FAILURE);
  }
}
