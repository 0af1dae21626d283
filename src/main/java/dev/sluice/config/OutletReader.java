package dev.sluice.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Gathers the exchanges and queues of the routes, beside those of the settings. Of what several
 * routes name, one has to say what it is like, and no two may say otherwise.
 */
final class OutletReader {
  private final RabbitSettings rabbit;
  private final Map<String, ExchangeType> exchanges = new HashMap<>();
  private final Map<String, QueueSettings> queues = new HashMap<>();
  private final Map<Outlet, RouteFields> outlets = new HashMap<>();
  private final List<Outlet> inOrder = new ArrayList<>();

  OutletReader(RabbitSettings rabbit) {
    this.rabbit = rabbit;
    exchanges.put(rabbit.exchange(), rabbit.topology().exchangeType());
    queues.put(rabbit.queue(), rabbit.outlet().queue().orElseThrow());
  }

  /** The outlets of all routes, once it is known that none takes what is for another. */
  List<Outlet> outlets() {
    inOrder.forEach(outlet -> refuseToTakeAll(outlet, outlets.get(outlet)));
    return inOrder;
  }

  /**
   * The exchange of a route, and its queue if it has one.
   *
   * @param constantKey the routing key of all its events, if that is one
   * @param properties of its messages, for which the queue has to be fit
   * @return the name of the exchange; nothing for that of the settings
   */
  Optional<String> read(
      RouteFields route, Optional<String> constantKey, MessageProperties properties) {
    Optional<String> given =
        route
            .textOrEmpty(RouteFields.EXCHANGE)
            .filter(
                name -> Names.problemOfExchange(name).isEmpty() || isWrongExchange(route, name));
    String exchange = given.orElse(rabbit.exchange());
    Optional<QueueSettings> queue = queue(route);
    queue.ifPresent(its -> refuseUnfit(its, properties, route));
    if (exchange.isEmpty()) {
      return straight(route, given.isPresent(), queue);
    }
    ExchangeType type = type(route, exchange);
    Optional<String> bindingKey = bindingKey(route, type, queue.isPresent());
    if (bindingKey.isEmpty() && hasKeys(type)) {
      bindingKey = constantKey.filter(key -> queue.isPresent());
    }
    Outlet outlet = new Outlet(route.number(), exchange, type, queue, bindingKey);
    if (type == ExchangeType.DIRECT && outlet.takesEverything()) {
      Names.problemOfShortString(outlet.alternateExchange())
          .ifPresent(
              problem ->
                  route.isWrong(
                      RouteFields.EXCHANGE,
                      "with \"" + RabbitSettings.ALTERNATE + "\" behind it " + problem));
    }
    add(outlet, route);
    return given;
  }

  private static boolean isWrongExchange(RouteFields route, String name) {
    return route.isWrong(RouteFields.EXCHANGE, Names.problemOfExchange(name).orElseThrow());
  }

  /** By the default exchange, where the key is the queue's name and nothing can be bound. */
  private Optional<String> straight(
      RouteFields route, boolean given, Optional<QueueSettings> queue) {
    if (given && !route.has(RouteFields.QUEUE)) {
      route.isWrong(
          RouteFields.EXCHANGE, "is empty, which goes straight to a queue: name that by \"queue\"");
    }
    for (String key :
        List.of(RouteFields.EXCHANGE_TYPE, RouteFields.ROUTING_KEY, RouteFields.BINDING_KEY)) {
      if (route.has(key) && (given || queue.isPresent())) {
        route.isWrong(
            key,
            "is for an exchange that has a name, and its exchange is empty: remove one of them");
      }
    }
    queue.ifPresent(
        its ->
            add(
                new Outlet(
                    route.number(), "", ExchangeType.DIRECT, Optional.of(its), Optional.empty()),
                route));
    return queue.map(its -> "");
  }

  private ExchangeType type(RouteFields route, String exchange) {
    ExchangeType known = exchanges.get(exchange);
    ExchangeType type =
        route
            .oneOf(RouteFields.EXCHANGE_TYPE, ExchangeType.class)
            .orElse(known == null ? ExchangeType.TOPIC : known);
    if (known != null && known != type) {
      route.isWrong(
          RouteFields.EXCHANGE_TYPE,
          "is "
              + type.text()
              + ", and the exchange \""
              + exchange
              + "\" is of the type "
              + known.text()
              + " elsewhere: give it one type, or choose another exchange");
    }
    exchanges.putIfAbsent(exchange, type);
    return type;
  }

  private Optional<QueueSettings> queue(RouteFields route) {
    Optional<String> name = route.name(RouteFields.QUEUE, Names::problemOfRoutesQueue);
    Optional<QueueType> type = route.oneOf(RouteFields.QUEUE_TYPE, QueueType.class);
    Optional<Map<String, Object>> arguments = route.queueArguments();
    if (name.isEmpty()) {
      if (!route.has(RouteFields.QUEUE) && (type.isPresent() || arguments.isPresent())) {
        route.wrong("with a queueType or queueArguments and no queue: name that by \"queue\"");
      }
      return Optional.empty();
    }
    if (name.get().equals(rabbit.parkingQueue())) {
      route.isWrong(
          RouteFields.QUEUE, "is the one of what could not be published: choose another name");
    }
    QueueSettings known = queues.get(name.get());
    QueueSettings queue =
        new QueueSettings(
            name.get(),
            type.orElse(known == null ? rabbit.topology().queueType() : known.type()),
            arguments.orElse(known == null ? Map.of() : known.arguments()));
    if (known != null && !known.equals(queue)) {
      route.isWrong(
          RouteFields.QUEUE,
          "\""
              + name.get()
              + "\" is "
              + text(queue)
              + " here and "
              + text(known)
              + " elsewhere: say the same, or leave its type and arguments out the second time");
    }
    queues.putIfAbsent(name.get(), queue);
    return Optional.of(queue);
  }

  private void refuseUnfit(QueueSettings queue, MessageProperties properties, RouteFields route) {
    if (rabbit.topology().mode() == TopologyMode.DECLARE) {
      PropertiesReader.problemWith(
              properties, queue, RouteFields.QUEUE_TYPE, RouteFields.QUEUE_ARGUMENTS)
          .ifPresent(
              problem ->
                  route.isWrong(
                      properties.priority().isPresent() ? RouteFields.PRIORITY : RouteFields.TTL,
                      problem));
    }
  }

  private static String text(QueueSettings queue) {
    return queue.type().text()
        + (queue.arguments().isEmpty() ? " without arguments" : " with " + queue.arguments());
  }

  private static Optional<String> bindingKey(
      RouteFields route, ExchangeType type, boolean hasQueue) {
    if (route.has(RouteFields.BINDING_KEY) && !hasQueue && !route.has(RouteFields.QUEUE)) {
      route.wrong("with a bindingKey and no queue to bind: name that by \"queue\"");
    }
    if (route.has(RouteFields.BINDING_KEY) && !hasKeys(type)) {
      route.isWrong(
          RouteFields.BINDING_KEY,
          "is for an exchange of the type topic or direct, and its exchange is "
              + type.text()
              + ": remove it");
      return Optional.empty();
    }
    return route.name(RouteFields.BINDING_KEY, Names::problemOfShortString);
  }

  /** Whether such an exchange compares routing keys with those of bindings. */
  private static boolean hasKeys(ExchangeType type) {
    return type == ExchangeType.TOPIC || type == ExchangeType.DIRECT;
  }

  private void add(Outlet outlet, RouteFields route) {
    if (!isSame(outlet, rabbit.outlet())
        && inOrder.stream().noneMatch(each -> isSame(outlet, each))) {
      inOrder.add(outlet);
      outlets.put(outlet, route);
    }
  }

  private static boolean isSame(Outlet one, Outlet other) {
    return one.exchange().equals(other.exchange())
        && one.queue().equals(other.queue())
        && one.bindingKey().equals(other.bindingKey());
  }

  private void refuseToTakeAll(Outlet outlet, RouteFields route) {
    if (!outlet.takesEverything() || outlet.isStraight() || !hasKeys(outlet.exchangeType())) {
      return;
    }
    List<Outlet> all = new ArrayList<>(inOrder);
    all.add(rabbit.outlet());
    all.stream()
        .filter(other -> other.exchange().equals(outlet.exchange()))
        .flatMap(other -> other.queue().stream())
        .map(QueueSettings::name)
        .filter(name -> !name.equals(outlet.queue().orElseThrow().name()))
        .findFirst()
        .ifPresent(
            name ->
                route.isWrong(
                    RouteFields.QUEUE,
                    "has no binding of its own on the exchange \""
                        + outlet.exchange()
                        + "\" and would get what is for \""
                        + name
                        + "\" too: give it a bindingKey, an exchange of its own, or the empty one,"
                        + " which goes straight to it"));
  }
}
