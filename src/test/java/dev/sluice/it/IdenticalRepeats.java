package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Delivery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Checks that what was delivered again is what was delivered before, byte for byte. For pipelines
 * without update lookup, whose documents may be newer in a repeat.
 */
final class IdenticalRepeats {
  /** The setting under which bodies can be compared. */
  static final Map<String, String> COMPARABLE = Map.of("SLUICE_UPDATE_LOOKUP", "false");

  private IdenticalRepeats() {}

  /** Returns how many of the deliveries are repeats. */
  static int check(List<Delivery> deliveries) {
    Map<String, Delivery> first = new HashMap<>();
    int repeats = 0;
    for (Delivery delivery : deliveries) {
      Delivery before = first.putIfAbsent(delivery.getProperties().getMessageId(), delivery);
      if (before != null) {
        repeats++;
        assertThat(delivery.getBody()).isEqualTo(before.getBody());
        assertThat(delivery.getEnvelope().getRoutingKey())
            .isEqualTo(before.getEnvelope().getRoutingKey());
      }
    }
    return repeats;
  }
}
