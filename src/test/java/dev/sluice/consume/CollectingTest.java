package dev.sluice.consume;

import static dev.sluice.consume.GivenEvents.PLAYS;
import static dev.sluice.consume.GivenEvents.insert;
import static dev.sluice.consume.GivenEvents.key;
import static dev.sluice.consume.GivenEvents.position;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.consume.ConsumeSettings.Answer;
import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class CollectingTest {
  private static final int MEGABYTE = 1 << 20;

  private static Message compressed(Event event) throws IOException {
    Message plain = ScriptedInbox.message(event, Map.of());
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(body)) {
      gzip.write(plain.body());
    }
    return new Message(
        body.toByteArray(),
        new Content(Content.JSON.type(), "gzip"),
        plain.messageId(),
        plain.routingKey(),
        plain.type(),
        0,
        plain.headers(),
        plain.destination());
  }

  @Test
  void aBatchOfCompressedMessagesIsFullByWhatIsInThem() throws Exception {
    ScriptedInbox queue = new ScriptedInbox();
    String document = "{\"x\": \"" + "x".repeat(MEGABYTE) + "\"}";
    for (int n = 0; n < 20; n++) {
      queue.publish(compressed(insert(PLAYS, key(n), position(n), document)));
    }
    ConsumeSettings settings =
        new ConsumeSettings(
            "history", "queue.parked", 500, Duration.ofMillis(50), 10, Answer.STOP, Answer.APPLY);

    try (Inbox inbox = queue.open()) {
      Collecting collecting = new Collecting(inbox, settings, () -> false);
      assertThat(collecting.next()).hasSize(8);
      assertThat(collecting.next()).hasSize(8);
      assertThat(collecting.next()).hasSize(4);
    }
  }
}
