package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Delivery;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Checks that each document's changes came out first in the order in which they were made. */
final class OrderPerDocument {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private OrderPerDocument() {}

  /**
   * @param deliveries inserts with n 0, then updates that count n up; repeats are passed over
   */
  static void check(List<Delivery> deliveries, int documents, int last) throws Exception {
    Set<String> seen = new HashSet<>();
    Map<String, Integer> next = new HashMap<>();
    for (Delivery delivery : deliveries) {
      if (!seen.add(delivery.getProperties().getMessageId())) {
        continue;
      }
      JsonNode event = MAPPER.readTree(delivery.getBody());
      int n = event.at("/update/updatedFields/n").asInt(0);
      assertThat(n).isEqualTo(next.getOrDefault(event.get("_id").asText(), 0));
      next.put(event.get("_id").asText(), n + 1);
    }
    assertThat(next).hasSize(documents);
    assertThat(next.values()).containsOnly(last + 1);
  }
}
