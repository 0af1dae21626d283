package dev.sluice.doctor;

import dev.sluice.rabbit.BrokerFacts.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import reactor.core.publisher.Mono;

/**
 * How long the queues are, and whether anybody reads them.
 *
 * @param parking the name of the parking queue, whether or not there is one
 * @param streams those of the queues that are to be streams: what is read stays, and RabbitMQ does
 *     not count their readers
 */
record QueuesCheck(String parking, Set<String> streams, Mono<List<Queue>> queues) implements Check {
  @Override
  public String name() {
    return "rabbitmq queues";
  }

  @Override
  public Mono<Finding> look() {
    return queues.map(this::judge);
  }

  private Finding judge(List<Queue> all) {
    List<String> problems = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (Queue queue : all) {
      String named = "queue \"" + queue.name() + "\"";
      if (!queue.there()) {
        lines.add(named + " is not there");
      } else if (streams.contains(queue.name())) {
        lines.add(
            "stream \""
                + queue.name()
                + "\" holds about "
                + queue.messages()
                + ", read or not: doctor --consumer looks at a reader");
      } else if (queue.messages() > 0 && queue.name().equals(parking)) {
        problems.add(
            named
                + " has "
                + queue.messages()
                + " that could not be published: see sluice parked (docs/PARKING.md)");
      } else if (queue.messages() > 0 && queue.consumers() == 0) {
        problems.add(
            named + " has " + queue.messages() + " and nobody reads it: start its consumer");
      } else {
        lines.add(named + " has " + queue.messages() + " and " + consumers(queue.consumers()));
      }
    }
    List<String> details = new ArrayList<>(problems);
    details.addAll(lines);
    if (problems.isEmpty()) {
      return ok(String.join("; ", lines));
    }
    return details.size() == 1
        ? warning(details.get(0))
        : warning("messages wait for somebody", details);
  }

  private static String consumers(long count) {
    return count == 1 ? "1 consumer" : count + " consumers";
  }
}
