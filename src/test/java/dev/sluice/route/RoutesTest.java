package dev.sluice.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import dev.sluice.change.Operation;
import dev.sluice.config.KeyTemplate;
import dev.sluice.config.MessageProperties;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Route;
import dev.sluice.config.RouteSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class RoutesTest {
  private static final Namespace ORDERS = new Namespace("shop", "orders");

  private static Route route(String exchange, Set<String> operations, NamespacePattern... where) {
    return new Route(
        List.of(where),
        operations,
        Optional.of(exchange),
        KeyTemplate.parse("to." + exchange),
        MessageProperties.NONE);
  }

  private static Routes routes(Route... routes) {
    return new Routes(
        new RouteSettings(KeyTemplate.DEFAULT, MessageProperties.NONE, List.of(routes)));
  }

  private static NamespacePattern only(String database, String collection) {
    return NamespacePattern.of(database, collection);
  }

  @Test
  void theFirstRouteThatIsForAnEventHasIt() {
    Routes routes =
        routes(
            route("deletes", Set.of("delete"), only("shop", "orders"), only("shop", "carts")),
            route("orders", Set.of(), only("shop", "orders")),
            route("never", Set.of(), only("shop", "orders")));

    assertThat(routes.of(ORDERS, "delete").exchange()).contains("deletes");
    assertThat(routes.of(ORDERS, "insert").exchange()).contains("orders");
    assertThat(routes.of(ORDERS, "insert").routingKeys().of(ORDERS, "insert"))
        .isEqualTo("to.orders");
    assertThat(routes.of(new Namespace("shop", "carts"), "delete").exchange()).contains("deletes");
  }

  @Test
  void whatNoRouteIsForGoesTheWayOfTheSettings() {
    Routes routes = routes(route("orders", Set.of(), only("shop", "orders")));
    Namespace carts = new Namespace("shop", "carts");

    assertThat(routes.of(carts, "insert").exchange()).isEmpty();
    assertThat(routes.of(carts, "insert").routingKeys().of(carts, "insert"))
        .isEqualTo("shop.carts.insert");
  }

  @Test
  void whatIsOfNoSingleCollectionGoesTheWayOfTheSettings() {
    Routes routes = routes(route("all", Set.of(), only("shop", "orders")));

    assertThat(routes.of(new Namespace("shop", null), "dropDatabase").exchange()).isEmpty();
    assertThat(routes.of(null, "gap").exchange()).isEmpty();
  }

  @Test
  void aWayIsFoundOnceForACollection() {
    Routes routes = routes(route("orders", Set.of(), only("shop", "orders")));

    assertThat(routes.of(ORDERS, "insert"))
        .isSameAs(routes.of(new Namespace("shop", "orders"), "insert"));
  }

  /** Forgotten ones are found again. */
  @Test
  void anyNumberOfCollectionsFindTheirWays() {
    Routes routes = routes(route("orders", Set.of(), only("shop", "orders7")));

    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 3_000; i++) {
        Optional<String> exchange =
            routes.of(new Namespace("shop", "orders" + i), "insert").exchange();
        assertThat(exchange.isPresent()).isEqualTo(i == 7);
      }
    }
  }

  @Test
  void aRouteCanNameEachOperationThatIsOfACollection() {
    assertThat(Route.EVERY_OPERATION)
        .isEqualTo(
            Arrays.stream(Operation.values())
                .filter(operation -> operation != Operation.DROP_DATABASE)
                .map(Operation::text)
                .collect(Collectors.toSet()));
  }
}
