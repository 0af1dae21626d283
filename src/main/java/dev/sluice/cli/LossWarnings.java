package dev.sluice.cli;

import dev.sluice.config.Outlet;
import dev.sluice.config.QueueSettings;
import dev.sluice.config.RabbitSettings;
import dev.sluice.config.Route;
import dev.sluice.config.RouteSettings;
import dev.sluice.config.Settings;
import dev.sluice.config.TopologyMode;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What of the settings lets RabbitMQ throw events away that nobody has read: a sentence each. */
final class LossWarnings {
  private LossWarnings() {}

  static Set<String> of(Settings settings) {
    Set<String> warnings = new LinkedHashSet<>();
    if (settings.rabbit().topology().mode() == TopologyMode.DECLARE) {
      ofArguments(settings.rabbit(), warnings);
    }
    ofTtl(settings.route(), warnings);
    return warnings;
  }

  private static void ofArguments(RabbitSettings rabbit, Set<String> warnings) {
    for (Outlet outlet : rabbit.outlets()) {
      Set<String> arguments = outlet.queue().map(QueueSettings::throwingAway).orElse(Set.of());
      if (!arguments.isEmpty()) {
        warnings.add(
            "RabbitMQ throws events away that nobody has read, by "
                + String.join(", ", arguments)
                + (outlet.route() == 0 ? " in SLUICE_QUEUE_ARGUMENTS" : " in SLUICE_ROUTES_FILE")
                + ": queue "
                + outlet.queue().orElseThrow().name()
                + " may lose some (docs/ROUTING.md)");
      }
    }
  }

  private static void ofTtl(RouteSettings settings, Set<String> warnings) {
    Optional<Duration> byDefault = settings.properties().ttl();
    byDefault.ifPresent(ttl -> warnings.add(ofTtl(ttl, "SLUICE_TTL")));
    List<Route> routes = settings.routes();
    for (int i = 0; i < routes.size(); i++) {
      String what = "the ttl of route " + (i + 1) + " in SLUICE_ROUTES_FILE";
      Optional<Duration> own = routes.get(i).properties().ttl();
      if (!own.equals(byDefault)) {
        own.ifPresent(ttl -> warnings.add(ofTtl(ttl, what)));
      }
    }
  }

  private static String ofTtl(Duration ttl, String what) {
    return "RabbitMQ throws events away, or dead-letters them, that nobody has read for "
        + ttl.toMillis()
        + " ms, by "
        + what
        + " (docs/ROUTING.md)";
  }
}
