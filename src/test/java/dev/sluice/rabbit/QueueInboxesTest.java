package dev.sluice.rabbit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.rabbit.QueueInboxes.Reading;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueueInboxesTest {
  private static List<String> patterns(String pattern) {
    return new Reading("history", "sluice", pattern, false).patterns();
  }

  /** As a topic exchange does. */
  private static boolean matches(String pattern, String key) {
    String expression =
        pattern.replace(".", "\\.").replace("*", "[^.]+").replace("\\.#", "(\\..*)?");
    return key.matches(expression.replace("#\\.", "(.*\\.)?"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scrabble.plays.insert",
        "scrabble.gap",
        "sluice.gap",
        "sluice.invalidate",
        "scrabble.dropDatabase",
        "scrabble.snapshot-completed",
        "sluice.snapshot-completed",
        "scrabble.players.rename",
        "other.a.b.rename"
      })
  void aQueueOfOneCollectionAlsoGetsWhatIsOfSeveral(String key) {
    assertThat(patterns("scrabble.plays.#")).anyMatch(pattern -> matches(pattern, key));
  }

  @Test
  void aQueueOfOneCollectionGetsNoDocumentsOfAnother() {
    assertThat(patterns("scrabble.plays.#"))
        .noneMatch(pattern -> matches(pattern, "scrabble.players.insert"));
  }

  /** Any other word would be refused there, and an empty one is for exchanges without keys. */
  @ParameterizedTest
  @ValueSource(strings = {"", "10"})
  void anExchangeThatKnowsNoPatternsIsBoundOnce(String pattern) {
    assertThat(patterns(pattern)).containsExactly(pattern);
  }
}
