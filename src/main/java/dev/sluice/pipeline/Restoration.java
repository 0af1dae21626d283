package dev.sluice.pipeline;

import dev.sluice.change.Change;
import dev.sluice.change.ChangeEvent;
import dev.sluice.change.CorruptBsonException;
import dev.sluice.change.Oversized;
import dev.sluice.change.Position;
import dev.sluice.change.ResumeToken;
import dev.sluice.json.TextTooLargeException;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Destination;
import dev.sluice.message.ParkedMessages;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bson.BsonDocument;
import org.bson.BsonInvalidOperationException;
import org.bson.BsonTimestamp;
import org.bson.json.JsonParseException;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Makes the message of a parked one: as it was, or encoded from the event that is in it, or from
 * the event that it points to, as long as MongoDB has that.
 */
public final class Restoration {
  /** A server may have to read through much of its log. */
  private static final Duration SEARCH_TIMEOUT = Duration.ofSeconds(30);

  private final ChangeSource source;
  private final UnaryOperator<Change> shape;
  private final Function<Change, Message> encoder;
  private final long maxMessageBytes;
  private final Scheduler timer;
  private final Clock clock;

  /**
   * @param shape applied to what is found again; what is parked was shaped before
   */
  public Restoration(
      ChangeSource source,
      UnaryOperator<Change> shape,
      Function<Change, Message> encoder,
      long maxMessageBytes,
      Scheduler timer,
      Clock clock) {
    this.source = source;
    this.shape = shape;
    this.encoder = encoder;
    this.maxMessageBytes = maxMessageBytes;
    this.timer = timer;
    this.clock = clock;
  }

  /** Cold. Fails with a {@link PipelineException} that says why the message has to stay parked. */
  public Mono<Message> restore(Message parked) {
    return Mono.defer(
        () ->
            switch (String.valueOf(parked.headers().get(ParkedMessages.BODY))) {
              case "message" -> Mono.fromCallable(() -> asItWas(parked));
              case "event" -> Mono.fromCallable(() -> encode(event(parked)));
              case "pointer" -> find(parked).map(shape).map(this::encode);
              default -> Mono.error(unfit("It is no parked message of Sluice", null));
            });
  }

  private Message asItWas(Message parked) {
    if (parked.body().length > maxMessageBytes) {
      throw tooLarge();
    }
    Map<String, Object> headers = new HashMap<>(parked.headers());
    Object routingKey = headers.get(ParkedMessages.ROUTING_KEY);
    Destination destination = ParkedMessages.destination(headers);
    headers.keySet().removeIf(header -> header.startsWith("parked"));
    return new Message(
        parked.body(),
        parked.content(),
        parked.messageId(),
        String.valueOf(routingKey),
        parked.type(),
        parked.timestampSeconds(),
        headers,
        destination);
  }

  private ChangeEvent event(Message parked) {
    try {
      return new ChangeEvent(parked.body(), 0, parked.body().length, clock.millis());
    } catch (CorruptBsonException | IllegalArgumentException e) {
      throw unfit("Its event cannot be read: " + e.getMessage(), e);
    }
  }

  private Mono<Change> find(Message parked) {
    BsonDocument pointer;
    ResumeToken token;
    BsonTimestamp time;
    try {
      pointer = BsonDocument.parse(new String(parked.body(), StandardCharsets.UTF_8));
      token = ResumeToken.of(pointer.getDocument("resumeToken"));
      time = pointer.getTimestamp("clusterTime");
    } catch (JsonParseException | BsonInvalidOperationException e) {
      return Mono.error(unfit("Its pointer cannot be read", e));
    }
    return source
        .changes(new Position.At(time), (events, reached) -> {})
        .takeUntil(change -> isBehind(change, time))
        .filter(change -> isThat(change, parked.messageId(), token))
        .next()
        .timeout(SEARCH_TIMEOUT, Mono.error(() -> gone(time)), timer)
        .switchIfEmpty(Mono.error(() -> gone(time)));
  }

  /**
   * By its token, which a newer server may write in another form, or by its id, which an earlier
   * version of Sluice has made otherwise.
   */
  private static boolean isThat(Change change, String messageId, ResumeToken token) {
    return change.id().value().equals(messageId)
        || change.position().equals(new Position.After(token));
  }

  private static boolean isBehind(Change change, BsonTimestamp time) {
    return change.position().clusterTime().filter(at -> at.compareTo(time) > 0).isPresent();
  }

  private static PipelineException gone(BsonTimestamp time) {
    return unfit(
        "MongoDB has no event any more where it points to (cluster time " + time.getTime() + ")",
        null);
  }

  private Message encode(Change change) {
    if (change instanceof Oversized) {
      throw unfit("MongoDB still cannot send its event", null);
    }
    try {
      return encoder.apply(change);
    } catch (TextTooLargeException e) {
      throw tooLarge();
    } catch (RuntimeException e) {
      throw unfit("It still cannot be written as JSON: " + e.getMessage(), e);
    }
  }

  private PipelineException tooLarge() {
    return unfit("It is still more than SLUICE_MAX_MESSAGE_BYTES=" + maxMessageBytes, null);
  }

  private static PipelineException unfit(String why, Throwable cause) {
    return new PipelineException(FailureKind.POISON_EVENT, why, cause);
  }
}
