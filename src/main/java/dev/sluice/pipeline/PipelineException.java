package dev.sluice.pipeline;

import java.util.Objects;
import reactor.core.Exceptions;

/**
 * A failure that was recognised: its kind, and one sentence that says what is wrong and names the
 * remedy. The sentence never holds a secret.
 */
public final class PipelineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final FailureKind kind;

  public PipelineException(FailureKind kind, String sentence, Throwable cause) {
    super(sentence, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
  }

  public PipelineException(FailureKind kind, String sentence) {
    this(kind, sentence, null);
  }

  public FailureKind kind() {
    return kind;
  }

  /** The failure as it was recognised, or else as a bug. */
  public static PipelineException of(Throwable failure) {
    Throwable cause = Exceptions.unwrap(failure);
    return cause instanceof PipelineException recognised
        ? recognised
        : new PipelineException(
            FailureKind.BUG, "Sluice has run into a bug of its own: " + cause, cause);
  }
}
