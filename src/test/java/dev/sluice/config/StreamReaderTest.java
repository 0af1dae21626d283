package dev.sluice.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class StreamReaderTest {
  private static Settings read(String... more) {
    Map<String, String> environment = new HashMap<>();
    environment.put("SLUICE_TARGET", "stream");
    environment.put("SLUICE_QUEUE_TYPE", "stream");
    for (int i = 0; i < more.length; i += 2) {
      environment.put(more[i], more[i + 1]);
    }
    return SettingsReader.read(environment, Path.of("no-such-file"));
  }

  private static List<String> problems(String... more) {
    return catchThrowableOfType(WrongSettings.class, () -> read(more)).problems();
  }

  @Test
  void aStreamIsForWhoAsksForIt() {
    assertThat(SettingsReader.read(Map.of(), Path.of("no-such-file")).stream()).isEmpty();
    assertThat(read().stream())
        .contains(new StreamSettings("scrabble-cdc", OptionalInt.empty(), true));
    assertThat(read("SLUICE_STREAM_PORT", "5553").stream().orElseThrow().port()).hasValue(5553);
  }

  @Test
  void whatIsForQueuesIsRefused() {
    assertThat(problems("SLUICE_QUEUE_TYPE", "quorum"))
        .singleElement()
        .asString()
        .contains("SLUICE_TARGET is stream", "set SLUICE_QUEUE_TYPE=stream as well");
    assertThat(problems("SLUICE_LANES", "4")).singleElement().asString().contains("one writer");
    assertThat(problems("SLUICE_TARGET", "kafka", "SLUICE_STREAM_PORT", "0")).hasSize(2);
  }

  @Test
  void partitionsPublishStraightToOneOfTheStreamsOfASuperStream() {
    RabbitSettings rabbit =
        read("SLUICE_QUEUE", "plays", "SLUICE_PARTITION", "3/8", "SLUICE_ON_POISON", "park")
            .rabbit();

    assertThat(rabbit.topology().superStream()).contains(new SuperStream("plays", 3));
    assertThat(rabbit.queue()).isEqualTo("plays-3");
    assertThat(rabbit.usesDefaultExchange()).isTrue();
    assertThat(rabbit.parkingQueue()).isEqualTo("plays-3.parked");
    assertThat(read("SLUICE_PARTITION", "0/1").rabbit().topology().superStream()).isEmpty();
  }

  @Test
  void anExchangeOfItsOwnAndANameTooLongAreRefusedToASuperStream() {
    assertThat(problems("SLUICE_PARTITION", "0/2", "SLUICE_EXCHANGE", "x"))
        .singleElement()
        .asString()
        .contains("SLUICE_EXCHANGE is not used", "named by SLUICE_QUEUE: leave it out");
    assertThat(problems("SLUICE_PARTITION", "0/2", "SLUICE_EXCHANGE_TYPE", "fanout"))
        .singleElement()
        .asString()
        .contains("SLUICE_EXCHANGE_TYPE is not used");
    assertThat(problems("SLUICE_PARTITION", "0/2", "SLUICE_QUEUE", "x".repeat(247)))
        .singleElement()
        .asString()
        .contains("SLUICE_QUEUE with \"-0\" behind it");
  }

  @Test
  void eventsThatMayNotComeAgainAreNotCountedOn() {
    String match = "{\"fullDocument.score\": 1}";
    assertThat(read("SLUICE_MATCH", match).stream().orElseThrow().repeatable()).isFalse();
    assertThat(
            read("SLUICE_MATCH", match, "SLUICE_UPDATE_LOOKUP", "false").stream()
                .orElseThrow()
                .repeatable())
        .isTrue();
    assertThat(read("SLUICE_TRANSACTION_MARKERS", "true").stream().orElseThrow().repeatable())
        .isFalse();
  }
}
