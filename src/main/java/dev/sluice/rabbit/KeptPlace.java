package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import dev.sluice.rabbit.StreamEnds.Place;
import java.util.Map;
import java.util.Optional;

/**
 * What the one message of a {@link KeptOffset} says: what is done, or where to begin.
 *
 * @param done the last message that is done, and all before it with it
 * @param beginning where to begin, as nothing is done yet
 * @param first the message that is there, once one has come
 */
record KeptPlace(Optional<Place> done, Optional<StreamOffset> beginning, Optional<Place> first) {
  /** Headers of the message: the last that is done, or where to begin. */
  static final String DONE = "offset";

  static final String FROM = "from";

  /**
   * @param queue in which the message lay
   * @throws PipelineException if it is none of ours
   */
  static KeptPlace of(AMQP.BasicProperties properties, String queue) {
    Map<String, Object> headers =
        properties.getHeaders() == null ? Map.of() : properties.getHeaders();
    String messageId = properties.getMessageId();
    if (headers.get(DONE) instanceof Number offset) {
      return new KeptPlace(
          Optional.of(new Place(offset.longValue(), messageId)),
          Optional.empty(),
          Optional.empty());
    }
    StreamOffset from = from(headers, queue);
    return new KeptPlace(
        Optional.empty(),
        Optional.of(from),
        messageId != null && from.value() instanceof Long offset
            ? Optional.of(new Place(offset, messageId))
            : Optional.empty());
  }

  private static StreamOffset from(Map<String, Object> headers, String queue) {
    try {
      return StreamOffset.parse(String.valueOf(headers.get(FROM)));
    } catch (IllegalArgumentException e) {
      throw new PipelineException(
          FailureKind.MISCONFIGURED,
          "The queue \""
              + queue
              + "\" is for the offset of a consumer of a stream, and somebody else's message is in"
              + " it, which has pushed out the offset: delete the queue, and say by --from where"
              + " the consumer is to begin",
          e);
    }
  }
}
