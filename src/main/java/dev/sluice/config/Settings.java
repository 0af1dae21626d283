package dev.sluice.config;

import java.util.Objects;

/** All settings of a process; each part is handed its own record only. */
public record Settings(
    MongoSettings mongo,
    RabbitSettings rabbit,
    CaptureSettings capture,
    ShapeSettings shape,
    RouteSettings route,
    EnvelopeSettings envelope,
    DeliverySettings delivery,
    FailureSettings failures,
    LogSettings log) {
  public Settings {
    Objects.requireNonNull(mongo, "mongo");
    Objects.requireNonNull(rabbit, "rabbit");
    Objects.requireNonNull(capture, "capture");
    Objects.requireNonNull(shape, "shape");
    Objects.requireNonNull(route, "route");
    Objects.requireNonNull(envelope, "envelope");
    Objects.requireNonNull(delivery, "delivery");
    Objects.requireNonNull(failures, "failures");
    Objects.requireNonNull(log, "log");
  }

  /** The same with another destination. */
  public Settings with(RabbitSettings other) {
    return new Settings(mongo, other, capture, shape, route, envelope, delivery, failures, log);
  }
}
