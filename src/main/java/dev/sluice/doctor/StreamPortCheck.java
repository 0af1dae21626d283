package dev.sluice.doctor;

import dev.sluice.rabbit.StreamFacts.Reached;
import reactor.core.publisher.Mono;

/**
 * Whether RabbitMQ speaks its stream protocol, takes the login there, and tells an address of the
 * node that leads the stream by which it is reached. What fails has its sentence and remedy from
 * {@code run}.
 */
record StreamPortCheck(String stream, Mono<Reached> reached) implements Check {
  @Override
  public String name() {
    return "rabbitmq stream";
  }

  @Override
  public Mono<Finding> look() {
    return reached.map(
        found ->
            ok(
                "spoken at "
                    + found.at()
                    + "; \""
                    + stream
                    + "\" is "
                    + found
                        .leader()
                        .map(leader -> "led by the node at " + leader)
                        .orElse("not there yet")));
  }
}
