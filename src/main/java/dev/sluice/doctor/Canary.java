package dev.sluice.doctor;

import dev.sluice.change.Change;
import dev.sluice.config.Settings;
import dev.sluice.config.View;
import dev.sluice.message.EnvelopeEncoder;
import dev.sluice.message.Message;
import dev.sluice.mongo.CanaryCollection;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.rabbit.CanaryQueue;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import reactor.core.publisher.Mono;

/** One document the whole way: written, captured, encoded as the settings say, sent and taken. */
final class Canary {
  private final Settings settings;
  private final CanaryCollection collection;
  private final CanaryQueue queue;
  private final Clock clock;

  Canary(Settings settings, CanaryCollection collection, CanaryQueue queue, Clock clock) {
    this.settings = settings;
    this.collection = collection;
    this.queue = queue;
    this.clock = clock;
  }

  /** How long it was under way. Cold. */
  Mono<Duration> trip() {
    return Mono.defer(
        () -> {
          Instant begin = clock.instant();
          return collection
              .write(this::carry)
              .map(arrived -> Duration.between(begin, clock.instant()));
        });
  }

  private Mono<String> carry(Change change) {
    Message message = encoder().encode(change);
    return queue
        .carry(message)
        .filter(message.messageId()::equals)
        .switchIfEmpty(
            Mono.error(
                () ->
                    new PipelineException(
                        FailureKind.BUG, "another message came out than the one that was sent")));
  }

  private EnvelopeEncoder encoder() {
    return new EnvelopeEncoder(
        settings.envelope().of(collection.scope(), View.NEW_IMAGE),
        settings.delivery().maxMessageBytes());
  }
}
