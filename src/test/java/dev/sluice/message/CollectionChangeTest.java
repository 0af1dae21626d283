package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import org.junit.jupiter.api.Test;

class CollectionChangeTest {
  private static Message encode(EventBuilder event) {
    return new GoldenShapes.Shape(
            "", GoldenShapes.settings(EventFormat.ENVELOPE, JsonMode.RELAXED), event.build())
        .message();
  }

  @Test
  void tellsACollectionThatReplacedTheWatchedOneByTheWatchedName() {
    Message message =
        encode(
            EventBuilder.ofCollection("rename")
                .in("d", "tmp.agg_out.2")
                .to("scrabble", "scrabble"));

    assertThat(message.routingKey()).isEqualTo("scrabble.scrabble.rename");
    assertThat(message.headers())
        .containsOnly(
            entry("operation", "rename"),
            entry("database", "scrabble"),
            entry("collection", "scrabble"),
            entry("position", "6aff9c0b0000000500000000"),
            entry("replaced", true));
  }

  @Test
  void saysOfARenameAwayNothingOfReplacing() {
    assertThat(encode(EventBuilder.ofCollection("rename").to("scrabble", "archive")).headers())
        .containsOnlyKeys("operation", "database", "collection", "position");
  }
}
