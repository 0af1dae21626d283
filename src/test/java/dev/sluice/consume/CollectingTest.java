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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class CollectingTest {
  private static final int MEGABYTE = 1 << 20;

  private static final ConsumeSettings SETTINGS =
      new ConsumeSettings(
          "history", "queue.parked", 500, Duration.ofMillis(50), 10, Answer.STOP, Answer.APPLY);

  private final ScriptedInbox queue = new ScriptedInbox();

  private void publish(int from, int to) {
    for (int n = from; n < to; n++) {
      queue.publish(ScriptedInbox.message(insert(PLAYS, key(n), position(n), "{}"), Map.of()));
    }
  }

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
    String document = "{\"x\": \"" + "x".repeat(MEGABYTE) + "\"}";
    for (int n = 0; n < 20; n++) {
      queue.publish(compressed(insert(PLAYS, key(n), position(n), document)));
    }
    try (Inbox inbox = queue.open()) {
      Collecting collecting = new Collecting(inbox, SETTINGS, () -> false, () -> true);
      assertThat(collecting.next()).hasSize(8);
      assertThat(collecting.next()).hasSize(8);
      assertThat(collecting.next()).hasSize(4);
    }
  }

  @Test
  void aBatchThatIsWaitedForIsHandedOutWhenItIsOldEnough() throws Exception {
    publish(0, 3);

    try (Inbox inbox = queue.open()) {
      assertThat(new Collecting(inbox, SETTINGS, () -> false, () -> true).next()).hasSize(3);
    }
  }

  @Test
  void aBatchThatNobodyWaitsForGoesOnGrowing() throws Exception {
    publish(0, 3);
    AtomicInteger looks = new AtomicInteger();
    BooleanSupplier busyAtFirst =
        () -> {
          // It is old enough by now, and the target is still at the one before.
          if (looks.incrementAndGet() == 1) {
            publish(3, 7);
          }
          return queue.taken() == 7;
        };

    try (Inbox inbox = queue.open()) {
      assertThat(new Collecting(inbox, SETTINGS, () -> false, busyAtFirst).next()).hasSize(7);
    }
  }

  @Test
  void aBatchThatNobodyWaitsForEndsWhenItIsFull() throws Exception {
    publish(0, 501);

    try (Inbox inbox = queue.open()) {
      assertThat(new Collecting(inbox, SETTINGS, () -> false, () -> false).next()).hasSize(500);
    }
  }

  @Test
  void aBatchThatNobodyWaitsForEndsWithTheConsumer() throws Exception {
    publish(0, 3);

    try (Inbox inbox = queue.open()) {
      assertThat(new Collecting(inbox, SETTINGS, () -> true, () -> false).next()).hasSize(3);
    }
  }

  /** Else it would wait for messages that cannot come before it is acknowledged. */
  @Test
  void aBatchIsFullWithHalfOfWhatMayBeUnderWay() throws Exception {
    publish(0, 20);
    queue.atHand = 10;

    try (Inbox inbox = queue.open()) {
      assertThat(new Collecting(inbox, SETTINGS, () -> false, () -> false).next()).hasSize(5);
    }
  }
}
