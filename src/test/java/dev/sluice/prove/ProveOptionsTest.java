package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProveOptionsTest {
  @Test
  void nothingSaidIsAMinuteOfAllFaults() {
    ProveOptions options = ProveOptions.read(Map.of("SEED", "", "FAULTS", ""));

    assertThat(options.duration()).isEqualTo(Duration.ofSeconds(60));
    assertThat(options.faults()).isEmpty();
    assertThat(options.seed()).isPositive();
    assertThat(options.shape()).isEqualTo(Shape.WIDE);
  }

  @Test
  void takesWhatIsSaid() {
    ProveOptions options =
        ProveOptions.read(
            Map.of(
                "DURATION", "5m",
                "SEED", "-7",
                "FAULTS", "sluice-kill, broker-down",
                "KEYS", "3",
                "WRITERS", "2",
                "RATE", "10",
                "INSTANCES", "1",
                "SHAPE", "plain"));

    assertThat(options)
        .isEqualTo(
            new ProveOptions(
                Duration.ofMinutes(5),
                -7,
                Optional.of(Set.of(FaultKind.SLUICE_KILL, FaultKind.BROKER_DOWN)),
                3,
                2,
                10,
                1,
                1,
                1,
                Shape.PLAIN));
  }

  @Test
  void partitionsAreOfThePlainShapeAtThreeMachines() {
    ProveOptions options = ProveOptions.read(Map.of("PARTITIONS", "8", "BROKERS", "3"));

    assertThat(options.shape()).isEqualTo(Shape.PLAIN);
    assertThat(options.instances()).isEqualTo(3);
    assertThat(options.brokers()).isEqualTo(3);
    assertThatThrownBy(
            () -> ProveOptions.read(Map.of("PARTITIONS", "2", "SHAPE", Shape.WIDE.word())))
        .hasMessage("PARTITIONS is for SHAPE=plain: none of several can mark transactions.");
    assertThat(ProveOptions.read(Map.of("TARGET", "stream", "BROKERS", "3")).brokers())
        .isEqualTo(3);
  }

  @Test
  void noneIsNoFaults() {
    assertThat(ProveOptions.read(Map.of("FAULTS", "none")).faults()).contains(Set.of());
  }

  @ParameterizedTest
  @CsvSource({
    "DURATION, 60, 'DURATION: write it as 500ms, 30s, 2m or 1h, not \"60\".'",
    "DURATION, 0s, DURATION must be longer than nothing.",
    "SEED, x, 'SEED must be a whole number, not \"x\".'",
    "KEYS, 0, 'KEYS must be a whole number from 1 to 100000, not \"0\".'",
    "SHAPE, round, 'SHAPE must be plain or wide, not \"round\".'",
    "PARTITIONS, 17, 'PARTITIONS must be a whole number from 1 to 16, not \"17\".'",
    "BROKERS, 2, BROKERS must be 1 or 3.",
    "INSTANCES, many, 'INSTANCES must be a whole number from 1 to 5, not \"many\".'"
  })
  void aWrongOptionIsToldInOneSentence(String name, String value, String sentence) {
    assertThatThrownBy(() -> ProveOptions.read(Map.of(name, value)))
        .isInstanceOf(ProveOptions.WrongOption.class)
        .hasMessage(sentence);
  }

  @Test
  void anUnknownFaultIsAnsweredWithThoseThereAre() {
    assertThatThrownBy(() -> ProveOptions.read(Map.of("FAULTS", "earthquake")))
        .isInstanceOf(ProveOptions.WrongOption.class)
        .hasMessageContaining("\"earthquake\" is no fault")
        .hasMessageContaining("sluice-kill, ");
  }
}
