package dev.sluice.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.rabbitmq.client.Delivery;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.BsonDocument;

/**
 * The copy that a consumer makes of what has come out so far: it does what the messages say, one
 * after the other. Documents are known by their field {@code n}.
 */
final class SnapshotCopy {
  /** Several processes start, and a busy machine has other things to do. */
  static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** A document as the newest message has it; a negative number stands for one that is gone. */
  private record State(String position, int number) {}

  private final Map<String, State> documents = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private final List<String> notices = new ArrayList<>();
  private int reads;

  private SnapshotCopy() {}

  static SnapshotCopy of(List<Delivery> deliveries) {
    SnapshotCopy copy = new SnapshotCopy();
    for (Delivery delivery : deliveries) {
      try {
        copy.take(delivery.getProperties().getMessageId(), MAPPER.readTree(delivery.getBody()));
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + delivery, e);
      }
    }
    return copy;
  }

  private void take(String messageId, JsonNode event) {
    boolean first = seen.add(messageId);
    String operation = event.path("operation").asText();
    if (!event.path("_id").isTextual()) {
      if (first) {
        notices.add(operation);
      }
      return;
    }
    String key =
        event.at("/database").asText()
            + "."
            + event.at("/collection").asText()
            + "/"
            + event.at("/metadata/idType").asText()
            + "/"
            + event.path("_id").asText();
    JsonNode fields =
        operation.equals("update") ? event.at("/update/updatedFields") : event.path("document");
    State now =
        new State(
            event.at("/metadata/position").asText(),
            operation.equals("delete") ? -1 : fields.path("n").asInt());
    State before = documents.put(key, now);
    if (first) {
      reads += operation.equals("read") ? 1 : 0;
      assertThat(before == null || before.position().compareTo(now.position()) <= 0)
          .as("%s of %s at %s behind %s", operation, key, now.position(), before)
          .isTrue();
    }
  }

  /** What came that is about no document, each once, in order. */
  List<String> notices() {
    return notices;
  }

  boolean isComplete() {
    return notices.contains("snapshot-completed");
  }

  /** How many reads came, repeats aside. */
  int reads() {
    return reads;
  }

  List<Integer> numbers() {
    return documents.values().stream()
        .map(State::number)
        .filter(number -> number >= 0)
        .sorted()
        .toList();
  }

  /** Waits for the end of a snapshot, and then until the copy is what the collection is. */
  static SnapshotCopy awaitCopyOf(PipelineUnderTest sluice) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> of(sluice.deliveries).isComplete());
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(
            () -> assertThat(of(sluice.deliveries).numbers()).isEqualTo(numbersIn(sluice)));
    return of(sluice.deliveries);
  }

  static List<Integer> numbersIn(PipelineUnderTest sluice) {
    List<Integer> numbers = new ArrayList<>();
    for (BsonDocument found : sluice.collection().find()) {
      numbers.add(found.getInt32("n").getValue());
    }
    numbers.sort(null);
    return numbers;
  }
}
