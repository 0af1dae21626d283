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
import java.util.TreeMap;
import java.util.stream.IntStream;

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

  /** The same of what lies in any order: each change of a document is there, by its position. */
  static void checkByPosition(List<Delivery> deliveries, int documents, int last) throws Exception {
    Map<String, TreeMap<String, Integer>> changes = new HashMap<>();
    for (Delivery delivery : deliveries) {
      JsonNode event = MAPPER.readTree(delivery.getBody());
      changes
          .computeIfAbsent(event.get("_id").asText(), id -> new TreeMap<>())
          .put(
              event.at("/metadata/position").asText(),
              event.at("/update/updatedFields/n").asInt(0));
    }
    assertThat(changes).hasSize(documents);
    assertThat(changes.values())
        .allSatisfy(
            values ->
                assertThat(values.values())
                    .containsExactlyElementsOf(IntStream.rangeClosed(0, last).boxed().toList()));
  }
}
