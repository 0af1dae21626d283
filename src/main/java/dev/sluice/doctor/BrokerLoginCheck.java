package dev.sluice.doctor;

import dev.sluice.rabbit.BrokerFacts.Greeting;
import java.util.List;
import reactor.core.publisher.Mono;

/** Whether the broker is reached and takes the login, and which one it is. */
record BrokerLoginCheck(String address, String user, String virtualHost, Mono<Greeting> greeting)
    implements Check {
  @Override
  public String name() {
    return "rabbitmq login";
  }

  @Override
  public Mono<Finding> look() {
    return greeting.map(this::judge);
  }

  private Finding judge(Greeting found) {
    String sentence =
        "at "
            + address
            + ", as "
            + user
            + " in the virtual host \""
            + virtualHost
            + "\": "
            + found.product()
            + " "
            + found.version();
    if (!found.isRabbitMq()) {
      return warning(
          sentence + " is not RabbitMQ, and Sluice is proven with that alone: docs/EMBEDDED.md");
    }
    return found.isAtLeast(3, 8)
        ? ok(sentence)
        : failure(
            sentence + " has no quorum queues: upgrade it, or set SLUICE_QUEUE_TYPE=classic",
            List.of());
  }
}
