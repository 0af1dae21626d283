package dev.sluice.config;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * All settings of a process; each part is handed its own record only.
 *
 * @param stream how events are published by the stream protocol; empty where they are by AMQP
 * @param heartbeat how often consumers are told that the pipeline lives; empty for never
 * @param http where it is told how the program is; empty for nowhere
 * @param warnings a sentence for each thing that may be meant otherwise; for the log
 * @param effective each key with its value and its origin, to be shown
 */
public record Settings(
    MongoSettings mongo,
    RabbitSettings rabbit,
    Optional<StreamSettings> stream,
    CaptureSettings capture,
    SnapshotSettings snapshot,
    ShapeSettings shape,
    RouteSettings route,
    EnvelopeSettings envelope,
    DeliverySettings delivery,
    FailureSettings failures,
    Optional<Duration> heartbeat,
    Optional<HostPort> http,
    LogSettings log,
    List<String> warnings,
    EffectiveSettings effective) {
  public Settings {
    Objects.requireNonNull(mongo, "mongo");
    Objects.requireNonNull(rabbit, "rabbit");
    Objects.requireNonNull(stream, "stream");
    Objects.requireNonNull(capture, "capture");
    Objects.requireNonNull(snapshot, "snapshot");
    Objects.requireNonNull(shape, "shape");
    Objects.requireNonNull(route, "route");
    Objects.requireNonNull(envelope, "envelope");
    Objects.requireNonNull(delivery, "delivery");
    Objects.requireNonNull(failures, "failures");
    Objects.requireNonNull(heartbeat, "heartbeat");
    Objects.requireNonNull(http, "http");
    Objects.requireNonNull(log, "log");
    warnings = List.copyOf(warnings);
    Objects.requireNonNull(effective, "effective");
  }

  /** The same messages, all of them straight to this queue. */
  public Settings straightTo(String queue) {
    return new Settings(
        mongo,
        rabbit.straightTo(queue),
        Optional.empty(),
        capture,
        snapshot,
        shape,
        route.withoutExchanges(),
        envelope,
        delivery,
        failures,
        heartbeat,
        http,
        log,
        warnings,
        effective);
  }
}
