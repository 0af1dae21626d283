package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.config.Settings;
import dev.sluice.config.SettingsReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which permissions settings need, as docs/PRIVILEGES.md has them. */
class PermissionTrialsTest {
  private static List<String> needed(Map<String, String> environment) {
    Settings settings = SettingsReader.read(environment, Path.of("/dev/null"));
    return PermissionTrials.needed(settings.rabbit(), settings.stream().isPresent()).stream()
        .map(
            each ->
                each.kind().name().toLowerCase(Locale.ROOT) + " " + each.type() + " " + each.name())
        .toList();
  }

  @Test
  void theDefaultsNeedTheFirstColumnOfThePage() {
    assertThat(needed(Map.of()))
        .containsExactlyInAnyOrder(
            "configure exchange sluice",
            "configure queue test_queue",
            "write queue test_queue",
            "write exchange sluice",
            "read exchange sluice");
  }

  @Test
  void whoParksNeedsTheParkingQueueAndTheDefaultExchange() {
    assertThat(needed(Map.of("SLUICE_ON_POISON", "park")))
        .contains("configure queue test_queue.parked", "write exchange amq.default")
        .hasSize(7);
  }

  @Test
  void theDefaultExchangeNeedsLittle() {
    assertThat(needed(Map.of("SLUICE_EXCHANGE", "")))
        .containsExactlyInAnyOrder("configure queue test_queue", "write exchange amq.default");
  }

  @Test
  void aStreamIsWrittenToAndReadFromWhoeverHasMadeIt() {
    assertThat(
            needed(
                Map.of(
                    "SLUICE_TARGET", "stream",
                    "SLUICE_QUEUE_TYPE", "stream",
                    "SLUICE_TOPOLOGY", "verify")))
        .containsExactlyInAnyOrder(
            "write exchange sluice", "write queue test_queue", "read queue test_queue");
  }

  @Test
  void onePartitionOfASuperStreamNeedsItsExchangeToBind() {
    assertThat(
            needed(
                Map.of(
                    "SLUICE_TARGET", "stream",
                    "SLUICE_QUEUE_TYPE", "stream",
                    "SLUICE_QUEUE", "plays",
                    "SLUICE_PARTITION", "1/2")))
        .containsExactlyInAnyOrder(
            "configure queue plays-1",
            "write exchange amq.default",
            "configure exchange plays",
            "write queue plays-1",
            "read queue plays-1",
            "read exchange plays");
  }

  @Test
  void whoDeclaresNothingNeedsToWriteToTheExchangeAlone() {
    assertThat(needed(Map.of("SLUICE_TOPOLOGY", "verify")))
        .containsExactly("write exchange sluice");
  }

  @Test
  void aDirectExchangeNeedsItsAlternateToo() {
    assertThat(needed(Map.of("SLUICE_EXCHANGE_TYPE", "direct")))
        .contains(
            "configure exchange sluice.alternate",
            "write exchange sluice.alternate",
            "read exchange sluice.alternate");
  }
}
