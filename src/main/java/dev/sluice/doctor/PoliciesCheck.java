package dev.sluice.doctor;

import dev.sluice.config.MessageProperties;
import dev.sluice.config.QueueSettings;
import dev.sluice.config.QueueType;
import dev.sluice.config.Route;
import dev.sluice.config.RouteSettings;
import dev.sluice.rabbit.BrokerFacts.Greeting;
import dev.sluice.rabbit.ManagementApi;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What of a queue's arguments and policies breaks the order of changes, or throws some away that
 * nobody has read. AMQP does not tell of policies, so they are asked of the management API.
 *
 * @param wanted the queues of the settings, by name
 * @param ask the management API about a queue; fails where that cannot be asked
 */
record PoliciesCheck(
    Map<String, QueueSettings> wanted,
    RouteSettings routes,
    Mono<Greeting> greeting,
    Function<String, Mono<ManagementApi.Queue>> ask)
    implements Check {
  private static final String PRIORITIES = "x-max-priority";
  private static final String DELAYED_RETRY = "x-delayed-retry-type";

  /** Of how many returns RabbitMQ 4 throws a message of a quorum queue away. */
  private static final String DELIVERY_LIMIT = "x-delivery-limit";

  private static final String DEAD_LETTERS = "x-dead-letter-exchange";

  @Override
  public String name() {
    return "rabbitmq policies";
  }

  @Override
  public Mono<Finding> look() {
    return greeting.flatMap(
        broker ->
            Flux.fromIterable(wanted.keySet())
                .concatMap(name -> ask.apply(name).map(found -> Map.entry(name, found)))
                .collectList()
                .map(all -> judge(broker, all))
                .onErrorResume(failure -> Mono.just(unseen(broker, failure))));
  }

  private Finding judge(Greeting broker, List<Map.Entry<String, ManagementApi.Queue>> all) {
    List<String> problems = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Map.Entry<String, ManagementApi.Queue> each : all) {
      ManagementApi.Queue queue = each.getValue();
      String named = "queue \"" + each.getKey() + "\"";
      if (!queue.there()) {
        judge(broker, named, wanted.get(each.getKey()), problems, notes);
        continue;
      }
      String policy = queue.policy().isEmpty() ? "" : " (policy " + queue.policy() + ")";
      QueueSettings inForce = new QueueSettings(each.getKey(), type(queue), queue.inForce());
      judge(broker, named + policy, inForce, problems, notes);
      if (queue.members() > 0 && queue.online() <= queue.members() / 2) {
        problems.add(
            named
                + " has "
                + queue.online()
                + " of its "
                + queue.members()
                + " members, too few to confirm anything: start the others");
      }
    }
    return problems.isEmpty()
        ? ok(
            "nothing of the queues' arguments and policies breaks the order or drops events", notes)
        : warning("some events may come out of order, or be dropped", problems);
  }

  private Finding unseen(Greeting broker, Throwable failure) {
    List<String> problems = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    wanted.forEach(
        (name, queue) -> judge(broker, "queue \"" + name + "\"", queue, problems, notes));
    String sentence =
        "policies were not looked at: "
            + failure.getMessage()
            + "; name another by --management, or look by rabbitmqctl list_queues name policy"
            + " effective_policy_definition";
    return problems.isEmpty() ? skipped(sentence) : warning(sentence, problems);
  }

  private static QueueType type(ManagementApi.Queue queue) {
    return Stream.of(QueueType.values())
        .filter(type -> type.text().equals(queue.type()))
        .findFirst()
        .orElse(QueueType.CLASSIC);
  }

  private void judge(
      Greeting broker,
      String named,
      QueueSettings queue,
      List<String> problems,
      List<String> notes) {
    Set<String> throwing = queue.throwingAway();
    if (!throwing.isEmpty()) {
      problems.add(
          named
              + " drops events that nobody has read, by "
              + String.join(", ", throwing)
              + ": take that away, or set x-overflow to reject-publish (docs/ROUTING.md)");
    }
    if (hasPriorities() && heedsPriorities(broker, queue)) {
      problems.add(
          named
              + " gives out by priority, so a later change may come before an earlier one of the"
              + " same document: take SLUICE_PRIORITY out, or apply changes by their position");
    }
    Object retry = queue.arguments().getOrDefault(DELAYED_RETRY, "disabled");
    if (!Objects.equals(retry, "disabled")) {
      problems.add(
          named
              + " gives what a consumer returns out again later, behind later changes of the same"
              + " document: take x-delayed-retry-type away, or apply changes by their position");
    }
    limit(broker, queue)
        .forEach(
            times ->
                notes.add(
                    named
                        + " drops an event that came back "
                        + times
                        + " times: raise delivery-limit, or set a dead-letter-exchange"
                        + " (docs/CONSUMING.md)"));
  }

  /** Of messages that all have one priority none overtakes another. */
  private boolean hasPriorities() {
    return Stream.concat(
            Stream.of(routes.properties()), routes.routes().stream().map(Route::properties))
        .map(MessageProperties::priority)
        .anyMatch(priority -> priority.isPresent());
  }

  /** Quorum queues do from 4.0 on, by two levels, and from 4.3 on by all (release notes). */
  private static boolean heedsPriorities(Greeting broker, QueueSettings queue) {
    return switch (queue.type()) {
      case QUORUM -> broker.isAtLeast(4, 0);
      case CLASSIC -> queue.arguments().containsKey(PRIORITIES);
      case STREAM -> false;
    };
  }

  private static Stream<String> limit(Greeting broker, QueueSettings queue) {
    Map<String, Object> all = new LinkedHashMap<>(queue.arguments());
    if (queue.type() != QueueType.QUORUM || all.containsKey(DEAD_LETTERS)) {
      return Stream.empty();
    }
    if (broker.isAtLeast(4, 0)) {
      all.putIfAbsent(DELIVERY_LIMIT, 20);
    }
    Object limit = all.get(DELIVERY_LIMIT);
    return limit instanceof Number number && number.longValue() >= 0
        ? Stream.of(number.toString())
        : Stream.empty();
  }
}
