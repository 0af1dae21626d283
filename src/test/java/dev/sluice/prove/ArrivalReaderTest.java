package dev.sluice.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ArrivalReaderTest {
  private static Arrival read(String body) throws IOException {
    return ArrivalReader.read(
        new Delivery(
            new Envelope(1, true, "sluice", "key"),
            new AMQP.BasicProperties.Builder().messageId("id").build(),
            body.getBytes(StandardCharsets.UTF_8)),
        7);
  }

  private static String insert(int n, String capturedAt) {
    return """
        {"_id": "a", "operation": "insert", "document": {"_id": "a", "n": %d},
         "metadata": {"clusterTime": "1970-01-01T00:00:02Z", "clusterTimeIncrement": 3,
           "capturedAt": "%s", "documentSource": "event"}}"""
        .formatted(n, capturedAt);
  }

  private static String update(int n, String lookedUp) {
    return """
        {"_id": "a", "operation": "update", "document": %s,
         "update": {"updatedFields": {"n": %d}},
         "metadata": {"clusterTime": "1970-01-01T00:00:02Z", "clusterTimeIncrement": 3,
           "documentSource": "lookup"}}"""
        .formatted(lookedUp, n);
  }

  @Test
  void readsWhatTheJudgeNeeds() throws Exception {
    Arrival arrival = read(insert(5, "1970-01-01T00:00:09Z"));

    assertThat(arrival)
        .isEqualTo(new Arrival(7, "id", "a", "insert", 5, (2L << 32) + 3, true, arrival.digest()));
  }

  @Test
  void takesTheSequenceOfAnUpdateFromWhatItSet() throws Exception {
    assertThat(read(update(4, "{\"_id\": \"a\", \"n\": 9}")).sequence()).isEqualTo(4);
  }

  @Test
  void aDeleteHasNoSequence() throws Exception {
    String delete =
        "{\"_id\": \"a\", \"operation\": \"delete\", \"document\": null,"
            + " \"metadata\": {\"clusterTime\": \"1970-01-01T00:00:02Z\"}}";

    assertThat(read(delete).sequence()).isEqualTo(Arrival.UNNUMBERED);
  }

  @Test
  void theDigestLeavesOutWhenTheEventWasReadAndWhatWasLookedUp() throws Exception {
    assertThat(read(insert(5, "1970-01-01T00:00:09Z")).digest())
        .isEqualTo(read(insert(5, "1970-01-01T00:00:10Z")).digest());
    assertThat(read(update(4, "{\"n\": 9}")).digest()).isEqualTo(read(update(4, "null")).digest());
  }

  @Test
  void theDigestTakesInEverythingElse() throws Exception {
    assertThat(read(insert(5, "x")).digest()).isNotEqualTo(read(insert(6, "x")).digest());
    assertThat(read(update(4, "null")).digest()).isNotEqualTo(read(update(5, "null")).digest());
    assertThat(read(update(4, "null").replace("\"_id\": \"a\"", "\"_id\": \"b\"")).digest())
        .isNotEqualTo(read(update(4, "null")).digest());
  }

  @Test
  void refusesWhatIsNoMessageOfSluice() {
    assertThatThrownBy(() -> read("[]")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("{}")).isInstanceOf(IOException.class);
  }
}
