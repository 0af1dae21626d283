package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.KeyTemplate;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Route;
import dev.sluice.config.RouteSettings;
import dev.sluice.message.Message.Destination;
import dev.sluice.route.Routes;
import dev.sluice.testing.Events;
import dev.sluice.testing.ScriptedParts;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Messages with the exchange and the key of their route, parked ones too. */
class RoutedMessagesTest {
  private static Routes routes(String exchange, String key) {
    return new Routes(
        new RouteSettings(
            KeyTemplate.DEFAULT,
            List.of(
                new Route(
                    List.of(NamespacePattern.of("scrabble", "scrabble")),
                    Set.of("insert"),
                    Optional.of(exchange),
                    KeyTemplate.parse(key)))));
  }

  private static Message insert(Routes routes) {
    return new EnvelopeEncoder(ScriptedParts.ENVELOPES, routes, 1 << 20).encode(Events.insert(1));
  }

  @Test
  void aMessageGoesToTheExchangeOfItsRouteUnderItsKey() {
    Message message = insert(routes("plays", "p.{id}"));

    assertThat(message.destination()).isEqualTo(Destination.to("plays"));
    assertThat(message.routingKey()).isEqualTo("p." + message.headers().get("id"));
  }

  @Test
  void theBodyIsTheSameWhereverItGoes() {
    assertThat(insert(routes("plays", "p")).body()).isEqualTo(insert(Routes.none()).body());
  }

  @Test
  void aParkedMessageKnowsWhereItWouldHaveGone() {
    Routes routes = routes("plays", "p");
    ParkedMessages parked = new ParkedMessages("q.parked", routes, 1 << 20);

    Message whole = parked.of(Events.insert(1), insert(routes), "unroutable", "why");
    Message event = parked.of(Events.insert(1), "poison", "why");

    for (Message message : List.of(whole, event)) {
      assertThat(message.destination()).isEqualTo(Destination.PARKING);
      assertThat(message.headers())
          .containsEntry(ParkedMessages.EXCHANGE, "plays")
          .containsEntry(ParkedMessages.ROUTING_KEY, "p");
    }
  }

  @Test
  void withoutARouteNothingIsSaidOfAnExchange() {
    ParkedMessages parked = new ParkedMessages("q.parked", 1 << 20);

    assertThat(parked.of(Events.insert(1), insert(Routes.none()), "oversized", "why").headers())
        .doesNotContainKey(ParkedMessages.EXCHANGE);
  }
}
