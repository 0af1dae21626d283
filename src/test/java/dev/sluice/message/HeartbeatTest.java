package dev.sluice.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.bson.BsonTimestamp;
import org.junit.jupiter.api.Test;

class HeartbeatTest {
  private static final MessageSchema SCHEMA = new MessageSchema();

  private final Message message =
      new Heartbeat(
              "a \"pipeline\"",
              new BsonTimestamp(1_763_600_523, 7),
              Duration.ofSeconds(2),
              Instant.parse("2025-11-20T01:02:05.456Z"))
          .message();

  @Test
  void saysHowFarThePipelineIs() throws Exception {
    JsonNode said = new ObjectMapper().readTree(message.body());

    assertThat(said)
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"operation": "heartbeat", "heartbeat": {"pipeline": "a \\"pipeline\\"",
                     "clusterTime": "2025-11-20T01:02:03Z", "clusterTimeIncrement": 7,
                     "lagMillis": 2000, "time": "2025-11-20T01:02:05.456Z"}}"""));
    assertThat(message.routingKey()).isEqualTo("sluice.heartbeat");
  }

  @Test
  void looksAsThePageSays() throws Exception {
    Message shown =
        new Heartbeat(
                "scrabble-cdc",
                new BsonTimestamp((int) Instant.parse("2026-11-20T01:02:03Z").getEpochSecond(), 1),
                Duration.ZERO,
                Instant.parse("2026-11-20T01:02:03.456Z"))
            .message();

    assertThat(Files.readString(Path.of("docs/MESSAGE_FORMAT.md")).replace("\n", ""))
        .contains(new String(shown.body(), StandardCharsets.UTF_8));
  }

  @Test
  void isInTheSchema() throws Exception {
    ObjectNode said = (ObjectNode) new ObjectMapper().readTree(message.body());

    SCHEMA.assertValid("heartbeat", said);
    ((ObjectNode) said.get("heartbeat")).remove("time");
    assertThat(SCHEMA.problems(said)).isNotEmpty();
  }
}
