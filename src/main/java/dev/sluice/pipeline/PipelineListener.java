package dev.sluice.pipeline;

/**
 * Hears of changes of state. Called on whatever thread brings the change; must not block or throw.
 */
@FunctionalInterface
public interface PipelineListener {
  /**
   * @param reason one sentence, without a full stop; no secrets
   */
  void changed(PipelineState state, String reason);
}
