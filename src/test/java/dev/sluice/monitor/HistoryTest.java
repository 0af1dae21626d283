package dev.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

/** Ten minutes are kept, oldest first, and what is not known is null. */
class HistoryTest {
  private final History history = new History();

  @Test
  void isEmptyInTheBeginning() {
    assertThat(history.toJson().get("perSecond")).isEmpty();
    assertThat(history.toJson().get("everySeconds").asInt()).isEqualTo(2);
  }

  @Test
  void forgetsTheOldest() {
    for (int i = 1; i <= 450; i++) {
      history.add(new History.Sample(i, 0.12345, Double.NaN, i));
    }

    JsonNode json = history.toJson();
    assertThat(json.get("perSecond")).hasSize(300);
    assertThat(json.get("perSecond").get(0).asInt()).isEqualTo(151);
    assertThat(json.get("inFlight").get(299).asInt()).isEqualTo(450);
    assertThat(json.get("lagSeconds").get(0).asDouble()).isEqualTo(0.123);
    assertThat(json.get("latencyMillis").get(0).isNull()).isTrue();
  }
}
