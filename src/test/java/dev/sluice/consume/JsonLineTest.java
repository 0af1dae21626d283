package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonLineTest {
  @Test
  void anIdOfSomebodyElseIsEscaped() throws Exception {
    String id = "of \"orders\\7\", {1}";

    JsonNode line = new ObjectMapper().readTree(line(id, "{\"_id\":\r\n1}"));

    assertThat(line.path("eventId").asText()).isEqualTo(id);
    assertThat(line.path("position").asText()).isEqualTo(GivenEvents.position(1));
    assertThat(line.path("document").path("_id").asInt()).isEqualTo(1);
  }

  @Test
  void hasNoLineEnds() throws Exception {
    assertThat(line("1", "{\"_id\":\r\n1}")).doesNotContain("\r", "\n");
  }

  private static String line(String id, String document) throws Exception {
    Event event =
        new Event(
            id,
            EventType.INSERT,
            PLAYS,
            GivenEvents.key(1),
            GivenEvents.position(1),
            Event.State.PRESENT,
            Json.of(document),
            Map.of());
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    JsonLine.write(event, out);
    return out.toString(StandardCharsets.UTF_8);
  }
}
