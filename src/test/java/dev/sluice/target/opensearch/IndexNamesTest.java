package dev.sluice.target.opensearch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.change.Namespace;
import org.junit.jupiter.api.Test;

class IndexNamesTest {
  private static final IndexNames NAMES = new IndexNames(IndexNames.DEFAULT);

  private static String alias(String database, String collection) {
    return NAMES.of(new Namespace(database, collection)).alias();
  }

  @Test
  void aLegalNameStaysAsItIs() {
    assertThat(NAMES.of(new Namespace("scrabble", "old.plays_2-b")))
        .isEqualTo(new IndexNames.Name("scrabble.old.plays_2-b", "scrabble.old.plays_2-b-states"));
    assertThat(new IndexNames("cdc-{collection}").of(new Namespace("a", "b")).alias())
        .isEqualTo("cdc-b");
  }

  @Test
  void othersAreMadeLegalAndKeptApart() {
    assertThat(alias("scrabble", "Plays")).matches("scrabble\\.plays-[0-9a-f]{8}");
    assertThat(alias("scrabble", "PLAYS")).isNotEqualTo(alias("scrabble", "Plays"));
    assertThat(alias("scrabble", "a b/ä")).matches("scrabble\\.a_b__-[0-9a-f]{8}");
    assertThat(alias("_x", "y")).matches("c_x\\.y-[0-9a-f]{8}");
    assertThat(alias("scrabble", "n".repeat(300))).hasSizeLessThan(220);
  }
}
