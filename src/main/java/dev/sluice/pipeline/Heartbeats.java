package dev.sluice.pipeline;

import dev.sluice.change.Position;
import dev.sluice.message.Heartbeat;
import dev.sluice.message.Message;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.bson.BsonTimestamp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Tells consumers now and then that the pipeline lives and how far it is, beside the events and on
 * a way of its own, so that neither holds the other up. A heartbeat that cannot be sent is left
 * out: the next one says more.
 */
public final class Heartbeats {
  private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

  /** As long as OneByOne waits for a confirm, and time to connect. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private final PipelineSupervisor pipeline;
  private final ChangeSource source;
  private final String name;
  private final Duration period;
  private final Function<Message, Mono<Void>> send;
  private final Scheduler timer;
  private final Clock clock;
  private volatile boolean failing;

  /**
   * @param name the pipeline's
   * @param send publishes one message and completes when it is confirmed; one at a time
   */
  public Heartbeats(
      PipelineSupervisor pipeline,
      ChangeSource source,
      String name,
      Duration period,
      Function<Message, Mono<Void>> send,
      Scheduler timer,
      Clock clock) {
    this.pipeline = pipeline;
    this.source = source;
    this.name = name;
    this.period = period;
    this.send = send;
    this.timer = timer;
    this.clock = clock;
  }

  /** Runs the work and sends heartbeats alongside. Ends as the work does. Cold. */
  public Mono<Void> during(Mono<Void> work) {
    return Alongside.during(work, period, timer, tick -> beat());
  }

  private Mono<Void> beat() {
    if (!pipeline.isDelivering()) {
      return Mono.empty();
    }
    return Mono.justOrEmpty(pipeline.position().flatMap(Position::clusterTime))
        .flatMap(at -> source.now().map(newest -> heartbeat(at, newest)))
        .flatMap(send)
        .timeout(PATIENCE, timer)
        .doOnSuccess(nothing -> failing = false)
        .onErrorResume(this::leaveOut);
  }

  private Message heartbeat(BsonTimestamp at, BsonTimestamp newest) {
    long lag = Integer.toUnsignedLong(newest.getTime()) - Integer.toUnsignedLong(at.getTime());
    return new Heartbeat(
            name, at, Duration.ofSeconds(Math.max(0, lag)), Instant.ofEpochMilli(clock.millis()))
        .message();
  }

  private Mono<Void> leaveOut(Throwable failure) {
    if (!failing) {
      failing = true;
      log.warn("Heartbeats are left out for the time being: {}", failure.getMessage());
    }
    return Mono.empty();
  }
}
