package dev.sluice.monitor;

import dev.sluice.config.EffectiveSettings;
import java.time.Instant;
import java.util.Objects;

/**
 * Who tells, and what does not change while it runs.
 *
 * @param name of the pipeline, or of the consumer
 * @param instance tells people which process it is
 * @param source where events come from
 * @param settings with secrets masked
 */
public record About(
    String version,
    String name,
    String instance,
    Instant startedAt,
    Place source,
    Place outlet,
    EffectiveSettings settings) {
  /**
   * A server, and what of it is meant.
   *
   * @param address without a secret
   * @param what such as {@code queue test_queue}
   */
  public record Place(String address, String what) {
    public Place {
      Objects.requireNonNull(address, "address");
      Objects.requireNonNull(what, "what");
    }
  }

  public About {
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(instance, "instance");
    Objects.requireNonNull(startedAt, "startedAt");
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(outlet, "outlet");
    Objects.requireNonNull(settings, "settings");
  }
}
