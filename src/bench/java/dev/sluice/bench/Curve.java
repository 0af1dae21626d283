package dev.sluice.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** How far a contender was at which time, and what it had cost by then. */
final class Curve {
  private static final double STEADY_FROM = 0.2;
  private static final double STEADY_TO = 0.9;

  private record Point(long nanos, long events, double cpuSeconds) {}

  private final List<Point> points = new ArrayList<>();
  private final long beginNanos = System.nanoTime();
  private final long beginEpochMillis = System.currentTimeMillis();
  private OptionalDouble brokerSeconds = OptionalDouble.empty();
  private double harnessSeconds;
  private double monitorSeconds;

  void add(long events, double cpuSeconds) {
    points.add(new Point(System.nanoTime() - beginNanos, events, cpuSeconds));
  }

  /** What the servers have cost from its beginning to its end, in CPU seconds. */
  void servers(OptionalDouble broker, double harness) {
    brokerSeconds = broker;
    harnessSeconds = harness;
  }

  /** What those threads have cost that serve SLUICE_HTTP, in CPU seconds. */
  void monitor(double seconds) {
    monitorSeconds = seconds;
  }

  double monitorPer100k() {
    return monitorSeconds / last().events() * 1e5;
  }

  OptionalDouble brokerPer100k() {
    return brokerSeconds.isPresent()
        ? OptionalDouble.of(brokerSeconds.getAsDouble() / last().events() * 1e5)
        : brokerSeconds;
  }

  double harnessPer100k() {
    return harnessSeconds / last().events() * 1e5;
  }

  double secondsSoFar() {
    return (System.nanoTime() - beginNanos) / 1e9;
  }

  /** From the start of the process until the first event was seen behind it. */
  double firstMillis() {
    return first().nanos() / 1e6;
  }

  /** From the start of the process to the last event. */
  double totalSeconds() {
    return last().nanos() / 1e9;
  }

  /** Between 20 and 90 % of all events: behind the start, before the end. */
  double steadyPerSecond() {
    Point from = at(STEADY_FROM * last().events());
    Point to = at(STEADY_TO * last().events());
    return (to.events() - from.events()) / ((to.nanos() - from.nanos()) / 1e9);
  }

  double cpuPer100k() {
    return last().cpuSeconds() / last().events() * 1e5;
  }

  /** Without start-up. */
  double cpuPer100kFromFirst() {
    return (last().cpuSeconds() - first().cpuSeconds())
        / Math.max(1, last().events() - first().events())
        * 1e5;
  }

  /** Between 20 and 90 % of all events. */
  double cpuPer100kSteady() {
    Point from = at(STEADY_FROM * last().events());
    Point to = at(STEADY_TO * last().events());
    return (to.cpuSeconds() - from.cpuSeconds()) / (to.events() - from.events()) * 1e5;
  }

  /** When the steady part begins and ends, in milliseconds since 1970. */
  long steadyFromMillis() {
    return beginEpochMillis + at(STEADY_FROM * last().events()).nanos() / 1_000_000;
  }

  long steadyToMillis() {
    return beginEpochMillis + at(STEADY_TO * last().events()).nanos() / 1_000_000;
  }

  /** How many events were through at this time since 1970, on a straight line between points. */
  double eventsAt(long epochMillis) {
    double nanos = (epochMillis - beginEpochMillis) * 1e6;
    Point before = new Point(0, 0, 0);
    for (Point point : points) {
      if (point.nanos() >= nanos) {
        double share = (nanos - before.nanos()) / Math.max(1, point.nanos() - before.nanos());
        return before.events() + share * (point.events() - before.events());
      }
      before = point;
    }
    return last().events();
  }

  private Point first() {
    return at(1);
  }

  private Point last() {
    return points.get(points.size() - 1);
  }

  /** The first point at which so many events were through. */
  private Point at(double events) {
    return points.stream()
        .filter(point -> point.events() >= events)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("fewer than " + events + " events"));
  }
}
