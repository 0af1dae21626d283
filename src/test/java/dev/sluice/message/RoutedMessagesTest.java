package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import dev.sluice.config.KeyTemplate;
import dev.sluice.config.MessageProperties;
import dev.sluice.config.NamespacePattern;
import dev.sluice.config.Route;
import dev.sluice.config.RouteSettings;
import dev.sluice.config.Scope;
import dev.sluice.config.SettingsReader;
import dev.sluice.config.View;
import dev.sluice.config.WrongSettings;
import dev.sluice.message.Message.Destination;
import dev.sluice.route.Routes;
import dev.sluice.testing.Events;
import dev.sluice.testing.ScriptedParts;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Messages with the exchange and the key of their route, parked ones too. */
class RoutedMessagesTest {
  private static Routes routes(String exchange, String key) {
    return new Routes(
        new RouteSettings(
            KeyTemplate.DEFAULT,
            MessageProperties.NONE,
            List.of(
                new Route(
                    List.of(NamespacePattern.of("scrabble", "scrabble")),
                    Set.of("insert"),
                    Optional.of(exchange),
                    KeyTemplate.parse(key),
                    MessageProperties.NONE))));
  }

  private static Message with(MessageProperties properties, String document) {
    BsonDocument key = new BsonDocument("_id", new BsonInt32(1));
    return encoder(properties)
        .encode(
            Events.of(
                new BsonDocument("_id", Events.token(1).toBson())
                    .append("operationType", new BsonString("insert"))
                    .append("clusterTime", new BsonTimestamp(1_700_000_000, 1))
                    .append("fullDocument", BsonDocument.parse(document))
                    .append("ns", BsonDocument.parse("{db: 'scrabble', coll: 'scrabble'}"))
                    .append("documentKey", key)));
  }

  private static EnvelopeEncoder encoder(MessageProperties properties) {
    return new EnvelopeEncoder(
        ScriptedParts.ENVELOPES,
        new Routes(new RouteSettings(KeyTemplate.DEFAULT, properties, List.of())),
        1 << 20);
  }

  private static MessageProperties priority(String template) {
    return new MessageProperties(
        Map.of(), Optional.of(KeyTemplate.parse(template)), Optional.empty());
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
  void headersAreMadeOfFieldsAndAreNotThereWhereTheFieldIsNot() {
    MessageProperties headers =
        new MessageProperties(
            Map.of(
                "player", KeyTemplate.parse("{document.player.name}"),
                "what", KeyTemplate.parse("{operation} of {id}"),
                "none", KeyTemplate.parse("{document.player}")),
            Optional.empty(),
            Optional.empty());

    Message message = with(headers, "{_id: 1, player: {name: 'Ann'}}");

    assertThat(message.headers())
        .containsEntry("player", "Ann")
        .containsEntry("what", "insert of 1")
        .containsEntry("operation", "insert")
        .doesNotContainKey("none");
    assertThat(message.destination()).isSameAs(Destination.EXCHANGE);
  }

  @Test
  void aHeaderHasAsManyBytesAsARoutingKeyAtTheMost() {
    MessageProperties headers =
        new MessageProperties(
            Map.of("word", KeyTemplate.parse("{document.word}")),
            Optional.empty(),
            Optional.empty());

    String word =
        with(headers, "{_id: 1, word: '" + "ü".repeat(1000) + "'}")
            .headers()
            .get("word")
            .toString();

    assertThat(word).isEqualTo("ü".repeat(127));
  }

  @ParameterizedTest
  @CsvSource({
    "3, 3",
    "3.0, 3",
    "'\"7\"', 7",
    "-5, 0",
    "1000, 255",
    "3.5, ",
    "'\"high\"', ",
    "null, ",
    "'[3]', ",
    "{'$numberLong': '9999999999'}, "
  })
  void aPriorityIsAWholeNumberOfTheDocument(String value, Integer priority) {
    Message message = with(priority("{document.p}"), "{_id: 1, p: " + value + "}");

    assertThat(message.destination().priority()).isEqualTo(Optional.ofNullable(priority));
  }

  @Test
  void aPriorityAndATtlMayBeTheSameForAll() {
    MessageProperties properties =
        new MessageProperties(
            Map.of(), Optional.of(KeyTemplate.parse("9")), Optional.of(Duration.ofMinutes(1)));

    Message message = with(properties, "{_id: 1}");
    Message drop = encoder(properties).encode(Events.event("drop", 2, 0));

    for (Message each : List.of(message, drop)) {
      assertThat(each.destination().priority()).contains(9);
      assertThat(each.destination().expiration()).contains("60000");
    }
  }

  @Test
  void aParkedMessageStaysAndGoesBackWithWhatItHad() {
    MessageProperties properties =
        new MessageProperties(
            Map.of("player", KeyTemplate.parse("Ann")),
            Optional.of(KeyTemplate.parse("9")),
            Optional.of(Duration.ofMinutes(1)));
    Message message = with(properties, "{_id: 1}");

    Message parked =
        new ParkedMessages("q.parked", 1 << 20).of(Events.insert(1), message, "unroutable", "why");

    assertThat(parked.destination()).isEqualTo(Destination.PARKING);
    assertThat(parked.headers()).containsEntry("player", "Ann");
    assertThat(ParkedMessages.destination(parked.headers())).isEqualTo(message.destination());
  }

  /** Or one of ours would be another's, or the other way round. */
  @ParameterizedTest
  @EnumSource(EventFormat.class)
  void noHeaderOfOursCanBeSetBySomebodyElse(EventFormat format) {
    EnvelopeSettings settings =
        new EnvelopeSettings(
            "p",
            Scope.of("scrabble", "scrabble"),
            View.NEW_IMAGE,
            format,
            JsonMode.RELAXED,
            Long.MAX_VALUE);
    Message message = new EnvelopeEncoder(settings, 1 << 20).encode(Events.insert(1));
    Message parked =
        new ParkedMessages("q.parked", 1 << 20).of(Events.insert(1), message, "poison", "why");

    for (String name : parked.headers().keySet()) {
      assertThatThrownBy(
              () ->
                  SettingsReader.read(
                      Map.of("SLUICE_HEADERS_FROM", "{\"" + name + "\": \"x\"}"),
                      Path.of("no-such-file")))
          .as(name)
          .isInstanceOf(WrongSettings.class);
    }
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
