package dev.sluice.route;

import dev.sluice.change.Namespace;
import dev.sluice.config.KeyTemplate;
import dev.sluice.config.MessageProperties;
import dev.sluice.config.Route;
import dev.sluice.config.RouteSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the way of an event: that of the first route which is for its collection and its operation,
 * else that of the settings. What concerns no single collection takes that one too.
 *
 * <p>Not thread-safe: one for each thread.
 */
public final class Routes {
  /** Collections times operations; what is forgotten is found again. */
  private static final int REMEMBERED = 1024;

  private record Kind(Namespace namespace, String operation) {}

  private final List<Route> routes;
  private final List<Way> ways;
  private final Way byDefault;
  private final Optional<TraceField> trace;
  private final Map<Kind, Way> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, Way> eldest) {
          return size() > REMEMBERED;
        }
      };

  public Routes(RouteSettings settings) {
    this.routes = settings.routes();
    this.trace = settings.traceparentField().map(TraceField::new);
    this.ways =
        routes.stream()
            .map(route -> way(route.routingKey(), route.exchange(), route.properties()))
            .toList();
    this.byDefault = way(settings.routingKey(), Optional.empty(), settings.properties());
  }

  private Way way(KeyTemplate routingKey, Optional<String> exchange, MessageProperties properties) {
    return new Way(new RoutingKeys(routingKey), exchange, new PropertyValues(properties, trace));
  }

  /** As most have it: one way, and the default routing keys. */
  public static Routes none() {
    return new Routes(new RouteSettings(KeyTemplate.DEFAULT));
  }

  /**
   * The way of such an event.
   *
   * @param namespace null for everything
   */
  public Way of(Namespace namespace, String operation) {
    if (routes.isEmpty() || namespace == null || namespace.collection() == null) {
      return byDefault;
    }
    return known.computeIfAbsent(new Kind(namespace, operation), this::find);
  }

  private Way find(Kind kind) {
    Namespace namespace = kind.namespace();
    for (int i = 0; i < ways.size(); i++) {
      if (routes.get(i).isFor(namespace.database(), namespace.collection(), kind.operation())) {
        return ways.get(i);
      }
    }
    return byDefault;
  }
}
