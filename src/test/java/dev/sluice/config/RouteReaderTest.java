package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteReaderTest {
  @TempDir private Path folder;

  private Settings read(String routes, Map<String, String> settings) throws IOException {
    Map<String, String> environment = new HashMap<>(settings);
    Path file = Files.writeString(folder.resolve("routes.json"), routes.replace('\'', '"'));
    environment.put("SLUICE_ROUTES_FILE", file.toString());
    return SettingsReader.read(environment, Path.of("no-such-file"));
  }

  private Settings read(String routes) throws IOException {
    return read(routes, Map.of());
  }

  private List<String> problems(String routes, Map<String, String> settings) {
    return catchThrowableOfType(WrongSettings.class, () -> read(routes, settings)).problems();
  }

  private static Outlet outlet(
      int route, String exchange, ExchangeType type, String queue, String bindingKey) {
    return new Outlet(
        route,
        exchange,
        type,
        Optional.of(new QueueSettings(queue, QueueType.QUORUM, Map.of())),
        Optional.ofNullable(bindingKey));
  }

  @Test
  void withoutAFileThereIsOneWay() {
    Settings settings = SettingsReader.read(Map.of(), Path.of("no-such-file"));

    assertThat(settings.route()).isEqualTo(new RouteSettings(KeyTemplate.DEFAULT));
    assertThat(settings.rabbit().routes()).isEmpty();
    assertThat(settings.rabbit().outlets())
        .containsExactly(outlet(0, "sluice", ExchangeType.TOPIC, "test_queue", null));
  }

  @Test
  void theFieldOfTheTraceIsAPathOfTheDocument() throws IOException {
    assertThat(read("[]", Map.of("SLUICE_TRACEPARENT_FIELD", "a.b")).route().traceparentField())
        .contains("a.b");
    assertThat(problems("[]", Map.of("SLUICE_TRACEPARENT_FIELD", "a..b")))
        .containsExactly(
            "SLUICE_TRACEPARENT_FIELD must be the path of a field, names with dots between, not"
                + " \"a..b\".");
    assertThat(problems("[]", Map.of("SLUICE_TRACEPARENT_FIELD", "a", "SLUICE_VIEW", "KEYS_ONLY")))
        .singleElement()
        .asString()
        .contains("SLUICE_VIEW=NEW_IMAGE");
  }

  @Test
  void aRouteHasAnExchangeAKeyAndAQueueOfItsOwn() throws IOException {
    Settings settings =
        read(
            """
            [{'namespaces': 'shop.orders, shop.carts', 'operations': 'insert, update',
              'exchange': 'orders', 'exchangeType': 'fanout', 'routingKey': 'o.{id}',
              'queue': 'q', 'queueType': 'classic', 'queueArguments': {'x-max-priority': 5}}]
            """);

    assertThat(settings.route().routes())
        .containsExactly(
            new Route(
                List.of(
                    NamespacePattern.parse("shop.orders"), NamespacePattern.parse("shop.carts")),
                Set.of("insert", "update"),
                Optional.of("orders"),
                KeyTemplate.parse("o.{id}"),
                MessageProperties.NONE));
    assertThat(settings.rabbit().routes())
        .containsExactly(
            new Outlet(
                1,
                "orders",
                ExchangeType.FANOUT,
                Optional.of(new QueueSettings("q", QueueType.CLASSIC, Map.of("x-max-priority", 5))),
                Optional.empty()));
  }

  @Test
  void whatARouteDoesNotSayIsThatOfTheSettings() throws IOException {
    Settings settings =
        read(
            "[{'namespaces': 'shop.*'}]",
            Map.of("SLUICE_ROUTING_KEY", "{id}", "SLUICE_EXCHANGE_TYPE", "direct"));

    assertThat(settings.route().routes())
        .containsExactly(
            new Route(
                List.of(NamespacePattern.parse("shop.*")),
                Set.of(),
                Optional.empty(),
                KeyTemplate.parse("{id}"),
                MessageProperties.NONE));
    assertThat(settings.rabbit().routes())
        .containsExactly(
            new Outlet(1, "sluice", ExchangeType.DIRECT, Optional.empty(), Optional.empty()));
  }

  @Test
  void theEmptyExchangeGoesStraightToTheQueue() throws IOException {
    Settings settings = read("[{'namespaces': 'shop.*', 'exchange': '', 'queue': 'q'}]");

    assertThat(settings.route().routes().get(0).exchange()).contains("");
    assertThat(settings.route().routes().get(0).routingKey()).isEqualTo(KeyTemplate.of("q"));
    assertThat(settings.rabbit().routes()).singleElement().matches(Outlet::isStraight);
  }

  @Test
  void aKeyThatIsAlwaysTheSameIsTheBindingToo() throws IOException {
    Settings settings =
        read(
            """
            [{'namespaces': 'shop.a', 'exchange': 'x', 'routingKey': 'a', 'queue': 'a'},
             {'namespaces': 'shop.b', 'exchange': 'x', 'routingKey': 'b', 'queue': 'b'},
             {'namespaces': 'shop.c', 'exchange': 'x', 'queue': 'c', 'bindingKey': 'shop.c.#'}]
            """);

    assertThat(settings.rabbit().routes())
        .containsExactly(
            outlet(1, "x", ExchangeType.TOPIC, "a", "a"),
            outlet(2, "x", ExchangeType.TOPIC, "b", "b"),
            outlet(3, "x", ExchangeType.TOPIC, "c", "shop.c.#"));
  }

  @Test
  void whatTwoRoutesNameIsSaidOnce() throws IOException {
    Settings settings =
        read(
            """
            [{'namespaces': 'shop.a', 'exchange': 'x', 'exchangeType': 'fanout', 'queue': 'q',
              'queueType': 'stream', 'queueArguments': {'x-max-age': '7D'}},
             {'namespaces': 'shop.b', 'exchange': 'x', 'queue': 'q'},
             {'namespaces': 'shop.c', 'exchange': 'y', 'queue': 'q'}]
            """);

    assertThat(settings.rabbit().routes()).extracting(Outlet::route).containsExactly(1, 3);
    assertThat(settings.rabbit().routes())
        .extracting(outlet -> outlet.queue().orElseThrow())
        .containsOnly(new QueueSettings("q", QueueType.STREAM, Map.of("x-max-age", "7D")));
  }

  @Test
  void headersPriorityAndTtlAreTemplatesNumbersAndDurations() throws IOException {
    Settings settings =
        read(
            """
            [{'namespaces': 'a.b', 'headers': {'player': '{document.player}'}, 'priority': 7},
             {'namespaces': 'a.c', 'priority': '{document.urgency}', 'ttl': '5m'},
             {'namespaces': 'a.d', 'headers': {}}]
            """,
            Map.of(
                "SLUICE_HEADERS_FROM", "{\"word\": \"w-{document.word}\"}", "SLUICE_TTL", "30s"));

    Map<String, KeyTemplate> word = Map.of("word", KeyTemplate.parse("w-{document.word}"));
    Optional<Duration> halfAMinute = Optional.of(Duration.ofSeconds(30));
    assertThat(settings.route().properties())
        .isEqualTo(new MessageProperties(word, Optional.empty(), halfAMinute));
    assertThat(settings.route().routes())
        .extracting(Route::properties)
        .containsExactly(
            new MessageProperties(
                Map.of("player", KeyTemplate.parse("{document.player}")),
                Optional.of(KeyTemplate.of("7")),
                halfAMinute),
            new MessageProperties(
                word,
                Optional.of(KeyTemplate.parse("{document.urgency}")),
                Optional.of(Duration.ofMinutes(5))),
            new MessageProperties(Map.of(), Optional.empty(), halfAMinute));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SLUICE_HEADERS_FROM | x | cannot be read as JSON",
        "SLUICE_HEADERS_FROM | [] | must be a JSON object such as",
        "SLUICE_HEADERS_FROM | {\"a\": 1} | no text in quotes",
        "SLUICE_HEADERS_FROM | {\"a\": \"{b}\"} | has the header a, which cannot be read",
        "SLUICE_HEADERS_FROM | {\"a\": \"{before.b}\"} | has the header a, which has {before.",
        "SLUICE_HEADERS_FROM | {\"Operation\": \"b\"} | has for itself: choose another name",
        "SLUICE_HEADERS_FROM | {\"CC\": \"b\"} | has for itself: choose another name",
        "SLUICE_HEADERS_FROM | {\"x-death\": \"b\"} | has for itself: choose another name",
        "SLUICE_HEADERS_FROM | {\"parkedError\": \"b\"} | has for itself: choose another name",
        "SLUICE_HEADERS_FROM | {\"\": \"b\"} | must have 1 to 128 bytes",
        "SLUICE_PRIORITY | 256 | must be a whole number from 0 to 255",
        "SLUICE_PRIORITY | {id} | or one value such as {document.urgency}",
        "SLUICE_PRIORITY | {document.a}{document.b} | or one value such as",
        "SLUICE_TTL | 5 | must be a duration",
        "SLUICE_TTL | 0s | must be from 1ms to 1176h"
      })
  void whatIsWrongWithTheOneWayIsToldInOneSentence(String key, String value, String told) {
    assertThat(
            catchThrowableOfType(
                    WrongSettings.class,
                    () -> SettingsReader.read(Map.of(key, value), Path.of("no-such-file")))
                .problems())
        .singleElement()
        .asString()
        .startsWith(key + " ")
        .endsWith(".")
        .contains(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'queueType': 'classic', 'priority': 5 | priority does nothing without \"x-max-priority\": 10",
        "'queueType': 'stream', 'priority': 5 | priority is for a queue, and \"q\" is a stream",
        "'queueType': 'stream', 'ttl': '5s' | ttl is for a queue, and \"q\" is a stream",
        "'queueArguments': {'x-max-priority': 5}, 'priority': 5 | priority needs another queue than",
        "'priority': true | priority must be a text in quotes",
        "'priority': 5.5 | priority must be a whole number",
        "'ttl': 5 | ttl must be a text in quotes",
        "'headers': {'id': 'x'} | headers has the header \"id\", which Sluice or RabbitMQ has"
      })
  void aPriorityAndATtlNeedAQueueThatKnowsThem(String fields, String told) {
    String route = "[{'namespaces': 'a.b', 'exchange': 'x', 'queue': 'q', " + fields + "}]";

    assertThat(problems(route, Map.of())).singleElement().asString().contains("whose " + told);
  }

  @Test
  void thePriorityOfTheOneWayNeedsSuchAQueueToo() {
    assertThat(problems("[]", Map.of("SLUICE_PRIORITY", "5", "SLUICE_QUEUE_TYPE", "classic")))
        .singleElement()
        .asString()
        .startsWith("SLUICE_PRIORITY does nothing without")
        .contains("in the SLUICE_QUEUE_ARGUMENTS of the queue \"test_queue\"");
  }

  /** What is declared by others is known to them. */
  @Test
  void whereNothingIsDeclaredNothingIsSaidOfTheQueue() throws IOException {
    assertThat(
            read(
                    "[]",
                    Map.of(
                        "SLUICE_PRIORITY",
                        "5",
                        "SLUICE_QUEUE_TYPE",
                        "classic",
                        "SLUICE_TOPOLOGY",
                        "none"))
                .route()
                .properties()
                .priority())
        .isPresent();
  }

  @Test
  void everythingToOneQueueLeavesTheRoutesKeysAndNoExchange() throws IOException {
    Settings straight =
        read("[{'namespaces': 'shop.*', 'exchange': 'x', 'routingKey': 'k', 'queue': 'q'}]")
            .straightTo("again");

    assertThat(straight.rabbit().outlets()).extracting(Outlet::exchange).containsExactly("");
    assertThat(straight.route().routes().get(0).exchange()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ | must hold a JSON array of routes",
        "{} | must hold a JSON array of routes",
        "[1] | has a route 1 that is no JSON object",
        "[{}] | has a route 1 without namespaces",
        "[{'namespaces': 'a.b', 'queeu': 'q'}] | `has a route 1 with \"queeu\", which is none of its keys: write \"queue\"`",
        "[{'namespaces': 'a.b', 'colour': 'q'}] | there are namespaces, operations, exchange",
        "[{'namespaces': 'a'}] | whose namespaces cannot be read",
        "[{'namespaces': 'admin.x'}] | never captured",
        "[{'namespaces': ['a.b']}] | whose namespaces must be a text",
        "[{'namespaces': 'a.b', 'operations': 'insrt'}] | whose operations must list some of",
        "[{'namespaces': 'a.b', 'exchange': 'amq.x'}] | whose exchange begins with amq.",
        "[{'namespaces': 'a.b', 'exchange': ''}] | name that by \"queue\"",
        "[{'namespaces': 'a.b', 'exchange': '', 'queue': 'q', 'routingKey': 'k'}] | whose routingKey is for an exchange that has a name",
        "[{'namespaces': 'a.b', 'exchangeType': 'fanout'}] | `the exchange \"sluice\" is of the type topic elsewhere`",
        "[{'namespaces': 'a.b', 'exchangeType': 'queer', 'exchange': 'x'}] | whose exchangeType must be one of",
        "[{'namespaces': 'a.b', 'routingKey': '{color}'}] | whose routingKey cannot be read",
        "[{'namespaces': 'a.b', 'routingKey': '{before.x}'}] | whose routingKey has {before.",
        "[{'namespaces': 'a.b', 'queueType': 'stream'}] | with a queueType or queueArguments and no queue",
        "[{'namespaces': 'a.b', 'queue': 'test_queue.parked', 'bindingKey': 'k'}] | whose queue is the one of what could not be published",
        "[{'namespaces': 'a.b', 'queue': 'q'}] | `whose queue has no binding of its own on the exchange \"sluice\" and would get what is for \"test_queue\" too`",
        "[{'namespaces': 'a.b', 'queue': 'test_queue', 'queueType': 'classic'}] | `\"test_queue\" is classic without arguments here and quorum without arguments elsewhere`",
        "[{'namespaces': 'a.b', 'queue': 'q', 'bindingKey': 'k', 'queueArguments': {'max': 1}}] | `whose queueArguments has \"max\", and arguments of a queue begin with x-`",
        "[{'namespaces': 'a.b', 'queue': 'q', 'bindingKey': 'k', 'queueArguments': {'x-queue-type': 'classic'}}] | set queueType instead",
        "[{'namespaces': 'a.b', 'bindingKey': 'k'}] | with a bindingKey and no queue",
        "[{'namespaces': 'a.b', 'bindingKey': 'k', 'exchange': 'x', 'exchangeType': 'fanout', 'queue': 'q'}] | whose bindingKey is for an exchange of the type topic or direct",
        "[{'namespaces': 'a.*'}, {'namespaces': 'a.*', 'operations': 'insert'}] | has a route 2 that no event comes to",
        "[{'namespaces': 'a.b', 'exchange': 'x', 'queue': 'q', 'queue': 'r'}] | Duplicate field"
      })
  void whatIsWrongIsToldInOneSentence(String routes, String told) {
    assertThat(problems(routes, Map.of()))
        .singleElement()
        .asString()
        .startsWith("SLUICE_ROUTES_FILE ")
        .endsWith(".")
        .contains(told.replace('\'', '"'));
  }

  @Test
  void twoRoutesMayNotDeclareOneQueueOtherwise() {
    assertThat(
            problems(
                """
                [{'namespaces': 'a.b', 'exchange': 'x', 'queue': 'q',
                  'queueArguments': {'x-max-length': 1}},
                 {'namespaces': 'a.c', 'exchange': 'x', 'queue': 'q',
                  'queueArguments': {'x-max-length': 2}}]
                """,
                Map.of()))
        .singleElement()
        .asString()
        .contains("a route 2 whose queue \"q\" is quorum with {x-max-length=2} here");
  }

  @Test
  void longKeysAreRefused() {
    String text = "k".repeat(256);

    assertThat(
            problems(
                "[{'namespaces': 'a.b', 'exchange': 'e"
                    + text
                    + "', 'routingKey': '"
                    + text
                    + "', 'queue': '"
                    + text
                    + "', 'bindingKey': '"
                    + text
                    + "'}]",
                Map.of()))
        .hasSize(4)
        .allSatisfy(problem -> assertThat(problem).contains("255"));
  }

  @Test
  void allThatIsWrongIsToldTogetherWithTheOtherSettings() {
    assertThat(
            problems(
                "[{'namespaces': 'a.b', 'x': 1}, {'queue': 'q', 'exchange': 'y'}]",
                Map.of("RABBITMQ_PORT", "0")))
        .hasSize(3);
  }

  @Test
  void aFileThatIsNotThereIsTold() {
    assertThat(
            catchThrowableOfType(
                    WrongSettings.class,
                    () ->
                        SettingsReader.read(
                            Map.of("SLUICE_ROUTES_FILE", "/no/such/file"), Path.of("no-such-file")))
                .problems())
        .singleElement()
        .asString()
        .startsWith("SLUICE_ROUTES_FILE (/no/such/file) does not exist");
  }
}
