package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopologyReaderTest {
  private static TopologySettings read(Map<String, String> environment) {
    return SettingsReader.read(environment, Path.of("no-such-file")).rabbit().topology();
  }

  private static List<String> problems(Map<String, String> environment) {
    return catchThrowableOfType(WrongSettings.class, () -> read(environment)).problems();
  }

  @Test
  void asShippedATopicExchangeAndAQuorumQueueAreDeclared() {
    assertThat(read(Map.of()))
        .isEqualTo(
            new TopologySettings(
                TopologyMode.DECLARE, ExchangeType.TOPIC, QueueType.QUORUM, Map.of(), false));
  }

  @Test
  void argumentsAreTextsWholeNumbersAndBooleans() {
    Map<String, Object> arguments =
        read(Map.of(
                "SLUICE_QUEUE_ARGUMENTS",
                "{\"x-max-length\": 10, \"x-max-length-bytes\": 5000000000,"
                    + " \"x-overflow\": \"reject-publish\", \"x-single-active-consumer\": true}"))
            .queueArguments();

    assertThat(arguments)
        .isEqualTo(
            Map.of(
                "x-max-length",
                10,
                "x-max-length-bytes",
                5_000_000_000L,
                "x-overflow",
                "reject-publish",
                "x-single-active-consumer",
                true));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "x | cannot be read",
        "{\"x-max-length\": 1 | cannot be read",
        "{\"x-max-length\": 1, \"x-max-length\": 2} | Duplicate field",
        "{} {} | cannot be read",
        "[1] | must be a JSON object",
        "1 | must be a JSON object",
        "{\"x-max-length\": 1.5} | no text, whole number, true or false",
        "{\"x-max-length\": 99999999999999999999} | no text, whole number, true or false",
        "{\"x-max-length\": null} | no text, whole number, true or false",
        "{\"x-max-length\": {}} | no text, whole number, true or false",
        "{\"max-length\": 1} | begin with x-",
        "{\"x-queue-type\": \"classic\"} | set SLUICE_QUEUE_TYPE instead"
      })
  void whatIsNoObjectOfSuchValuesIsRefusedInOneSentence(String text, String told) {
    assertThat(problems(Map.of("SLUICE_QUEUE_ARGUMENTS", text)))
        .singleElement()
        .asString()
        .startsWith("SLUICE_QUEUE_ARGUMENTS ")
        .contains(told)
        .doesNotContain("\n");
  }

  @Test
  void aTypeThatIsNoneAndATypeOfNoExchangeAreRefused() {
    assertThat(problems(Map.of("SLUICE_EXCHANGE_TYPE", "hash", "SLUICE_TOPOLOGY", "check")))
        .hasSize(2)
        .anyMatch(problem -> problem.contains("topic, direct, fanout, headers, x-consistent-hash"))
        .anyMatch(problem -> problem.contains("declare, verify, none"));
    assertThat(problems(Map.of("SLUICE_EXCHANGE_TYPE", "fanout", "SLUICE_EXCHANGE", "")))
        .singleElement()
        .asString()
        .contains("SLUICE_EXCHANGE is empty");
  }

  @Test
  void theNameOfADirectExchangeLeavesRoomForThatOfItsAlternate() {
    Map<String, String> longName =
        Map.of("SLUICE_EXCHANGE_TYPE", "direct", "SLUICE_EXCHANGE", "e".repeat(246));

    assertThat(problems(longName)).singleElement().asString().contains("\".alternate\" behind it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"x-max-length\": 1} | x-max-length",
        "{\"x-max-length-bytes\": 1, \"x-overflow\": \"drop-head\"} | x-max-length-bytes",
        "{\"x-message-ttl\": 1} | x-message-ttl",
        "{\"x-expires\": 1} | x-expires",
        "{\"x-max-length\": 1, \"x-overflow\": \"reject-publish\"} | ``",
        "{\"x-max-length\": 1, \"x-dead-letter-exchange\": \"dead\"} | ``",
        "{\"x-delivery-limit\": 3} | ``",
        "`` | ``"
      })
  void knowsByWhichArgumentsEventsAreThrownAway(String text, String names) {
    QueueSettings queue =
        SettingsReader.read(Map.of("SLUICE_QUEUE_ARGUMENTS", text), Path.of("no-such-file"))
            .rabbit()
            .outlet()
            .queue()
            .orElseThrow();

    assertThat(String.join(",", queue.throwingAway())).isEqualTo(names);
  }
}
