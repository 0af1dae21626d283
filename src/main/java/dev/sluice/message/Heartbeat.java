package dev.sluice.message;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.bson.BsonDocument;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.bson.json.JsonMode;
import org.bson.json.JsonWriterSettings;

/**
 * That a pipeline lives, and how far it is.
 *
 * @param position the cluster time up to which all is confirmed
 * @param lag how far that is behind the newest operation of the cluster, in whole seconds
 * @param time when this was found
 */
public record Heartbeat(String pipeline, BsonTimestamp position, Duration lag, Instant time) {
  /** Two words, so that it is no key of a document, which has three. */
  public static final String ROUTING_KEY = "sluice.heartbeat";

  private static final String OPERATION = "heartbeat";
  private static final JsonWriterSettings PLAIN =
      JsonWriterSettings.builder().outputMode(JsonMode.RELAXED).build();

  public Heartbeat {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(position, "position");
    Objects.requireNonNull(lag, "lag");
    Objects.requireNonNull(time, "time");
  }

  /** The message, the same in every format. */
  public Message message() {
    return new Message(
        body().toJson(PLAIN).getBytes(StandardCharsets.UTF_8),
        Message.Content.JSON,
        OPERATION + "-" + time.toEpochMilli(),
        ROUTING_KEY,
        OPERATION,
        time.getEpochSecond(),
        Map.of("operation", OPERATION),
        Message.Destination.EXCHANGE);
  }

  private BsonDocument body() {
    long seconds = Integer.toUnsignedLong(position.getTime());
    long increment = Integer.toUnsignedLong(position.getInc());
    BsonDocument heartbeat =
        new BsonDocument("pipeline", new BsonString(pipeline))
            .append("clusterTime", new BsonString(Instant.ofEpochSecond(seconds).toString()))
            .append("clusterTimeIncrement", new BsonInt64(increment))
            .append("lagMillis", new BsonInt64(lag.toMillis()))
            .append("time", new BsonString(time.toString()));
    return new BsonDocument("operation", new BsonString(OPERATION)).append(OPERATION, heartbeat);
  }
}
