package dev.sluice.target.http;

import dev.sluice.consume.Batch;
import dev.sluice.consume.ByDocument;
import dev.sluice.consume.CallSettings;
import dev.sluice.consume.Event;
import dev.sluice.consume.Target;
import dev.sluice.consume.TargetException;
import dev.sluice.consume.TargetUri;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Sends each event by a POST of its own, one behind the other or several at a time by document, and
 * goes by the status of the answers. What of a batch was answered well is not sent again when the
 * batch is tried again.
 */
public final class HttpTarget implements Target {
  private final Receiver receiver;
  private final AnsweredEvents answered;
  private final ByDocument workers;

  private HttpTarget(Receiver receiver, AnsweredEvents answered, int workers) {
    this.receiver = receiver;
    this.answered = answered;
    this.workers = new ByDocument(workers);
  }

  /**
   * @throws TargetException if the URL is wrong
   */
  public static Target.Opener opener(TargetUri uri, CallSettings calls) {
    Receiver receiver = new Receiver(HttpPlace.of(uri), calls.timeout());
    AnsweredEvents answered = new AnsweredEvents();
    return () -> {
      receiver.requireThere();
      return new HttpTarget(receiver, answered, calls.workers());
    };
  }

  @Override
  public void apply(Batch batch) {
    workers.apply(batch, this::send);
    answered.forget(batch);
  }

  private void send(List<Event> events, BooleanSupplier goOn) {
    for (Event event : events) {
      if (!goOn.getAsBoolean()) {
        return;
      }
      if (!answered.has(event)) {
        receiver.send(event);
        answered.add(event);
      }
    }
  }

  @Override
  public void close() {
    workers.close();
  }
}
