package dev.sluice.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import dev.sluice.change.Operation;
import dev.sluice.config.KeyTemplate;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoutingKeysTest {
  @Test
  void isDatabaseCollectionAndOperation() {
    assertThat(key("scrabble", "plays", Operation.INSERT)).isEqualTo("scrabble.plays.insert");
    assertThat(key("scrabble", "plays.2026", Operation.DELETE))
        .isEqualTo("scrabble.plays.2026.delete");
  }

  @Test
  void fitsAnAmqpShortStringAndKeepsItsOperation() {
    for (String letter : List.of("a", "ü", "€", "\ud83d\ude00", "a\ud83d\ude00", ".", "€.")) {
      for (int length = 1; length <= 255; length++) {
        String collection = letter.repeat(length);

        String key = key("database", collection, Operation.REPLACE);

        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        assertThat(bytes).hasSizeLessThanOrEqualTo(255);
        assertThat(new String(bytes, StandardCharsets.UTF_8)).isEqualTo(key);
        assertThat(key).endsWith(".replace").startsWith("database.");
        assertThat("database." + collection).startsWith(key.substring(0, key.length() - 8));
      }
    }
  }

  @Test
  void isCutNoEarlierThanItMustBe() {
    assertThat(key("d", "c".repeat(246), Operation.INSERT))
        .isEqualTo("d." + "c".repeat(246) + ".insert");
    assertThat(key("d", "c".repeat(247), Operation.INSERT))
        .isEqualTo("d." + "c".repeat(246) + ".insert");
  }

  @Test
  void isMatchedByTheBindingsThatTheDocumentationNames() {
    String plays = key("scrabble", "plays", Operation.INSERT);
    String dotted = key("scrabble", "plays.2026", Operation.INSERT);

    assertThat(List.of(plays, dotted)).allMatch(key -> matches("#", key));
    assertThat(List.of(plays, dotted)).allMatch(key -> matches("scrabble.#", key));
    assertThat(List.of(plays, dotted)).allMatch(key -> matches("#.insert", key));
    assertThat(matches("scrabble.plays.*", plays)).isTrue();
    assertThat(matches("scrabble.plays.*", dotted)).isFalse();
    assertThat(matches("scrabble.plays.2026.*", dotted)).isTrue();
    assertThat(matches("*.*.insert", plays)).isTrue();
    assertThat(matches("*.*.insert", dotted)).isFalse();
    assertThat(matches("scrabble.plays.delete", plays)).isFalse();
  }

  /**
   * A topic exchange's rule: a star is one word, a hash any number of them (AMQP 0-9-1, 3.1.3.3).
   */
  private static boolean matches(String binding, String key) {
    return matches(List.of(binding.split("\\.")), List.of(key.split("\\.")));
  }

  private static boolean matches(List<String> binding, List<String> words) {
    if (binding.isEmpty()) {
      return words.isEmpty();
    }
    List<String> rest = binding.subList(1, binding.size());
    if (binding.get(0).equals("#")) {
      return matches(rest, words)
          || !words.isEmpty() && matches(binding, words.subList(1, words.size()));
    }
    return !words.isEmpty()
        && (binding.get(0).equals("*") || binding.get(0).equals(words.get(0)))
        && matches(rest, words.subList(1, words.size()));
  }

  private static String key(String database, String collection, Operation operation) {
    return new RoutingKeys(KeyTemplate.DEFAULT)
        .of(new Namespace(database, collection), operation.text());
  }
}
