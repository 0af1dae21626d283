package dev.sluice.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PartitionModelTest {
  private final PartitionModel model = new PartitionModel(10, 10, 30, 50);

  @Test
  void whereAllShareTheCoresEachFurtherReaderTakesFromTheRest() {
    assertThat(model.together(1, 2)).isCloseTo(2e6 / 100, within(1e-6));
    assertThat(model.together(5, 2)).isCloseTo(2e6 / 180, within(1e-6));
  }

  @Test
  void whereEachPartHasItsOwnTheOneWithTheLeastRoomDecides() {
    // A process of one core: 10 + 30 µs for an event, with three partitions 10 + 10.
    assertThat(model.apart(1, 8, 1, 8)).isCloseTo(25_000, within(1e-6));
    assertThat(model.limit(1, 8, 1, 8)).isEqualTo("each process");
    assertThat(model.apart(3, 8, 1, 8)).isCloseTo(50_000, within(1e-6));

    // A broker of one core takes 20,000, whoever sends them.
    assertThat(model.apart(3, 8, 1, 1)).isCloseTo(20_000, within(1e-6));
    assertThat(model.limit(3, 8, 1, 1)).isEqualTo("RabbitMQ");

    // One core of MongoDB sends 100,000, to twenty readers 5,000 each.
    assertThat(model.apart(20, 1, 1, 8)).isCloseTo(5_000, within(1e-6));
    assertThat(model.limit(20, 1, 1, 8)).isEqualTo("MongoDB");
  }

  @Test
  void whatCostsNothingIsAMistakeOfMeasurement() {
    assertThatThrownBy(() -> new PartitionModel(10, 0, 30, 50))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("above zero");
  }
}
