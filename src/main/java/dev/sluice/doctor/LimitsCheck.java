package dev.sluice.doctor;

import dev.sluice.config.DeliverySettings;
import dev.sluice.rabbit.BrokerFacts.Greeting;
import dev.sluice.rabbit.BrokerFacts.Taken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import reactor.core.publisher.Mono;

/**
 * Whether the broker takes messages now, and as large ones and on as many channels as the settings
 * say.
 *
 * @param takes what becomes of a message of so many bytes
 */
record LimitsCheck(
    DeliverySettings delivery, Mono<Greeting> greeting, IntFunction<Mono<Taken>> takes)
    implements Check {
  /** Declaring takes one, and so does what is sent now and then. */
  private static final int OTHER_CHANNELS = 2;

  /** Headers and properties of a message have to fit one frame (AMQP 0-9-1, 4.2.3). */
  private static final int LEAST_FRAME = 8192;

  @Override
  public String name() {
    return "rabbitmq limits";
  }

  /** A message of many megabytes takes its time. */
  @Override
  public Duration limit() {
    return Duration.ofSeconds(30);
  }

  @Override
  public Mono<Finding> look() {
    int bytes = (int) Math.min(Integer.MAX_VALUE - 8, delivery.maxMessageBytes());
    return greeting.flatMap(broker -> takes.apply(bytes).map(taken -> judge(broker, taken, bytes)));
  }

  private Finding judge(Greeting broker, Taken taken, int bytes) {
    List<String> details = new ArrayList<>();
    details.add(
        "channels "
            + limit(broker.channelMax())
            + ", frame "
            + limit(broker.frameMax())
            + " bytes, heartbeat "
            + broker.heartbeatSeconds()
            + " s");
    int channels = delivery.lanes() + OTHER_CHANNELS;
    if (broker.channelMax() > 0 && broker.channelMax() < channels) {
      return failure(
          "a connection may have "
              + broker.channelMax()
              + " channels, and "
              + channels
              + " are needed: raise channel_max, or lower SLUICE_LANES",
          details);
    }
    if (taken.refusal().isPresent()) {
      return failure(
          "messages of SLUICE_MAX_MESSAGE_BYTES ("
              + bytes
              + ") are refused: raise max_message_size in rabbitmq.conf, or lower that setting"
              + " (RabbitMQ says: "
              + taken.refusal().get()
              + ")",
          details);
    }
    if (taken.alarm().isPresent()) {
      return warning(
          "RabbitMQ takes no messages for now ("
              + taken.alarm().get()
              + "): see to its memory and its disk, by rabbitmq-diagnostics alarms",
          details);
    }
    if (broker.frameMax() > 0 && broker.frameMax() < LEAST_FRAME) {
      return warning(
          "a frame is "
              + broker.frameMax()
              + " bytes, and headers of a message may not fit: raise frame_max",
          details);
    }
    return taken.known()
        ? ok("no alarm, and messages of " + bytes + " bytes are taken", details)
        : ok(
            "no alarm; whether messages of "
                + bytes
                + " bytes are taken is not known, as the user may not write to amq.default",
            details);
  }

  private static String limit(int most) {
    return most == 0 ? "without limit" : Integer.toString(most);
  }
}
