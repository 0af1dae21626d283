package dev.sluice.rabbit;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.Delivery;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.TopologyMode;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The queue where it is a stream: read from any place, and nothing is taken from anybody. */
public final class StreamQueue {
  private static final String OFFSET = "x-stream-offset";

  private final RabbitConnection connection;
  private final QueueReader reader;

  /**
   * @param connection not the one that is used for publishing
   */
  public StreamQueue(RabbitConnection connection) {
    this.connection = connection;
    this.reader = new QueueReader(connection);
  }

  /** The messages from there on. Cold; does not end by itself. */
  public Flux<Delivery> messages(StreamOffset from) {
    RabbitSettings settings = connection.settings();
    if (settings.topology().queueType() != QueueType.STREAM) {
      return Flux.error(notAStream(settings));
    }
    return connection
        .open()
        .flatMapMany(
            opened ->
                Mono.fromCallable(() -> existing(opened, settings))
                    .subscribeOn(connection.blocking())
                    .flatMapMany(queue -> reader.read(opened, queue, Map.of(OFFSET, from.value()))))
        .onErrorMap(failure -> RabbitFailures.recognise(failure, settings));
  }

  /**
   * Its name, once it is known to be a stream: of a queue of another type, reading would take what
   * is for others. RabbitMQ tells by comparing it with a declaration, which where nothing may be
   * made is given for what is there only.
   */
  private static String existing(Connection opened, RabbitSettings settings) throws Exception {
    Channel channel = opened.createChannel();
    try {
      if (settings.topology().mode() != TopologyMode.DECLARE) {
        channel.queueDeclarePassive(settings.queue());
      }
      channel.queueDeclare(
          settings.queue(),
          true,
          false,
          false,
          Topology.arguments(settings.outlet().queue().orElseThrow()));
      return settings.queue();
    } finally {
      channel.abort();
    }
  }

  private static PipelineException notAStream(RabbitSettings settings) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        "SLUICE_QUEUE_TYPE is "
            + settings.topology().queueType().text()
            + ", and only a stream is read from a place without taking anything: look on without"
            + " --from");
  }
}
