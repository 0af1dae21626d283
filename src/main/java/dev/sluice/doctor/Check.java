package dev.sluice.doctor;

import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Mono;

/** Looks at one subject. */
interface Check {
  /** Servers are given five seconds to be reached; what is reached answers within less. */
  Duration LIMIT = Duration.ofSeconds(10);

  /** Names the server and the subject. */
  String name();

  /** How long it may take. */
  default Duration limit() {
    return LIMIT;
  }

  /** Cold. What fails by a {@code PipelineException} is a failure with that sentence. */
  Mono<Finding> look();

  default Finding ok(String sentence, List<String> details) {
    return new Finding(name(), Verdict.OK, sentence, details);
  }

  default Finding ok(String sentence) {
    return ok(sentence, List.of());
  }

  default Finding skipped(String sentence) {
    return new Finding(name(), Verdict.SKIPPED, sentence, List.of());
  }

  default Finding warning(String sentence, List<String> details) {
    return new Finding(name(), Verdict.WARNING, sentence, details);
  }

  default Finding warning(String sentence) {
    return warning(sentence, List.of());
  }

  default Finding failure(String sentence, List<String> details) {
    return new Finding(name(), Verdict.FAILURE, sentence, details);
  }

  default Finding failure(String sentence) {
    return failure(sentence, List.of());
  }
}
