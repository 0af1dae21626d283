package dev.sluice.consume;

import dev.sluice.message.Message;
import dev.sluice.message.Message.Content;
import dev.sluice.message.Message.Destination;
import dev.sluice.message.ParkedMessages;
import dev.sluice.pipeline.PipelineException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A queue in memory: what is not acknowledged when it is closed comes again. */
final class ScriptedInbox implements Inbox.Opener {
  private final List<Message> queue = new ArrayList<>();
  private int taken;
  final List<Message> parked = new CopyOnWriteArrayList<>();
  volatile PipelineException failure;
  volatile int opened;
  volatile boolean alone = true;
  volatile int atHand = Integer.MAX_VALUE;

  synchronized void publish(Event... events) {
    for (Event event : events) {
      queue.add(message(event, Map.of()));
    }
  }

  synchronized void publish(Message message) {
    queue.add(message);
  }

  /** What {@code sluice parked --release} does. */
  synchronized void release(String pass) {
    parked.forEach(message -> queue.add(released(message, pass)));
    parked.clear();
  }

  static Message released(Message parked, String pass) {
    Map<String, Object> headers = new HashMap<>(parked.headers());
    headers.put(ParkedMessages.RELEASED, pass);
    return new Message(
        parked.body(),
        parked.content(),
        parked.messageId(),
        "queue",
        parked.type(),
        0,
        headers,
        Destination.EXCHANGE);
  }

  /** How many of those in the queue have been delivered. */
  synchronized int taken() {
    return taken;
  }

  synchronized int left() {
    return queue.size();
  }

  static Message message(Event event, Map<String, Object> headers) {
    String where =
        event.namespace() == null
            ? "\"database\": null, \"collection\": null"
            : "\"database\": \"%s\", \"collection\": \"%s\""
                .formatted(event.namespace().database(), event.namespace().collection());
    String document =
        event.state() == Event.State.NONE
            ? ""
            : ", \"document\": " + (event.document() == null ? "null" : event.document().text());
    String key = event.key() == null ? "null" : JsonText.quoted(event.key().id());
    String idType = event.key() == null ? "" : "\"idType\": \"" + event.key().type() + "\", ";
    if (event.state() == Event.State.EXPIRED) {
      idType += "\"documentSource\": \"expired\", ";
    }
    StringBuilder details = new StringBuilder();
    event
        .details()
        .forEach(
            (name, json) -> details.append(", \"").append(name).append("\": ").append(json.text()));
    String body =
        "{\"_id\": %s, \"operation\": \"%s\", %s%s%s, \"metadata\": {\"eventId\": \"%s\", %s\"position\": \"%s\", \"schema\": 1}}"
            .formatted(
                key,
                event.type().text(),
                where,
                document,
                details,
                event.messageId(),
                idType,
                event.position());
    return new Message(
        body.getBytes(StandardCharsets.UTF_8),
        Content.JSON,
        event.messageId(),
        "queue",
        event.type().text(),
        0,
        headers,
        Destination.EXCHANGE);
  }

  @Override
  public Inbox open() {
    opened++;
    synchronized (this) {
      taken = 0;
    }
    return new Inbox() {
      @Override
      public boolean isAlone() {
        return alone;
      }

      @Override
      public Optional<Incoming> next(Duration patience) throws InterruptedException {
        PipelineException now = failure;
        if (now != null) {
          failure = null;
          throw now;
        }
        synchronized (ScriptedInbox.this) {
          if (taken == queue.size()) {
            ScriptedInbox.this.wait(Math.max(1, Math.min(5, patience.toMillis())));
          }
          return taken == queue.size()
              ? Optional.empty()
              : Optional.of(new Incoming(taken, queue.get(taken++), 0, Incoming.NO_OFFSET));
        }
      }

      @Override
      public int atHand() {
        return atHand;
      }

      @Override
      public void acknowledge(Incoming last) {
        synchronized (ScriptedInbox.this) {
          int done = taken;
          for (int i = 0; i < queue.size(); i++) {
            if (queue.get(i) == last.message()) {
              done = i + 1;
            }
          }
          queue.subList(0, done).clear();
          taken -= done;
        }
      }

      @Override
      public void parked(Consumer<Message> each) {
        parked.forEach(each);
      }

      @Override
      public void park(Message message) {
        parked.add(message);
      }

      @Override
      public void close() {}
    };
  }
}
