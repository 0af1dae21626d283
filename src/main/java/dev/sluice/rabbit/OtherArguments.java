package dev.sluice.rabbit;

import dev.sluice.config.ExchangeType;
import dev.sluice.config.Outlet;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What to do about an exchange or a queue that is there with other arguments than Sluice asks for,
 * as the rest of a sentence: in the settings, or in the route that it is of.
 */
final class OtherArguments {
  private static final String OF_QUEUE_TYPE = "x-queue-type";

  private final RabbitSettings settings;

  OtherArguments(RabbitSettings settings) {
    this.settings = settings;
  }

  /**
   * @param argument that differs
   * @param current its value at RabbitMQ
   */
  String ofExchange(String name, String argument, String current) {
    String otherwise = ", or delete it once nobody publishes to it and nothing is bound to it";
    if (settings.topology().superStream().filter(set -> set.name().equals(name)).isPresent()) {
      return "choose another name of the super stream by SLUICE_QUEUE" + otherwise;
    }
    Optional<String> type =
        argument.equals("type")
            ? ExchangeType.named(current).map(ExchangeType::text)
            : Optional.empty();
    return route(outlet -> outlet.exchange().equals(name))
        .filter(route -> !name.equals(settings.exchange()))
        .map(
            route ->
                type.map(set -> "set exchangeType " + set + " in " + route + ", ").orElse("")
                    + "choose another name in "
                    + route
                    + otherwise)
        .orElseGet(
            () ->
                type.map(set -> "set SLUICE_EXCHANGE_TYPE=" + set + ", ").orElse("")
                    + "choose another name by SLUICE_EXCHANGE"
                    + otherwise);
  }

  /** The same of a queue. */
  String ofQueue(String name, String argument, String current) {
    if (name.equals(settings.parkingQueue())) {
      return "replay or drain it and then delete it, or choose another name by SLUICE_QUEUE, to which"
          + " its name belongs";
    }
    return route(outlet -> outlet.queue().filter(queue -> queue.name().equals(name)).isPresent())
        .filter(route -> !name.equals(settings.queue()))
        .map(
            route ->
                ofQueue(
                    argument, current, "queueType ", "queueArguments in " + route, "in " + route))
        .orElseGet(
            () ->
                ofQueue(
                    argument,
                    current,
                    "SLUICE_QUEUE_TYPE=",
                    "SLUICE_QUEUE_ARGUMENTS",
                    "by SLUICE_QUEUE"));
  }

  private static String ofQueue(
      String argument, String current, String setType, String arguments, String name) {
    String otherwise =
        "choose another name "
            + name
            + ", or delete the queue once it is drained and nobody uses it";
    if (argument.equals(OF_QUEUE_TYPE)) {
      // Before RabbitMQ 4 a queue of no declared type is a classic one.
      return typeOf(current.equals("none") ? "classic" : current)
          .map(type -> "set " + setType + type + ", " + otherwise)
          .orElse(otherwise);
    }
    return "ask for the same by "
        + arguments
        + ", "
        + otherwise
        + "; a queue with arguments of its own can be bound to the exchange beside ours"
        + " (docs/CONSUMING.md)";
  }

  private static Optional<String> typeOf(String text) {
    return Arrays.stream(QueueType.values()).map(QueueType::text).filter(text::equals).findFirst();
  }

  private Optional<String> route(Predicate<Outlet> wanted) {
    return settings.routes().stream()
        .filter(wanted)
        .findFirst()
        .map(outlet -> "route " + outlet.route() + " of SLUICE_ROUTES_FILE");
  }
}
