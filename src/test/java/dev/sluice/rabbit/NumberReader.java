package dev.sluice.rabbit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.config.RabbitSettings;
import dev.sluice.consume.Inbox;
import dev.sluice.consume.Incoming;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import reactor.core.scheduler.Scheduler;

/**
 * One process that consumes a stream, as far as RabbitMQ sees it; the messages' bodies are numbers.
 */
final class NumberReader implements AutoCloseable {
  private static final Duration SHORT = Duration.ofMillis(100);

  private final RabbitConnection reading;
  private final RabbitConnection parking;
  final Inbox inbox;

  /**
   * @param from null for where it goes on, or the beginning
   */
  NumberReader(
      RabbitSettings settings,
      Scheduler blocking,
      String stream,
      String name,
      String from,
      boolean passesLosses) {
    reading = new RabbitConnection(settings, "reading", blocking, new Random());
    parking = new RabbitConnection(settings, "parking", blocking, new Random());
    QueueInboxes inboxes =
        new QueueInboxes(
            reading,
            parking,
            new QueueInboxes.Reading(stream, "", "", false),
            new StreamReading(
                name, Optional.ofNullable(from).map(StreamOffset::parse), false, passesLosses),
            100);
    try {
      inbox = inboxes.open();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  Incoming next() throws InterruptedException {
    while (true) {
      Optional<Incoming> next = inbox.next(SHORT);
      if (next.isPresent()) {
        return next.get();
      }
    }
  }

  /** By which reading ends. */
  PipelineException failure() {
    return catchThrowableOfType(PipelineException.class, this::next);
  }

  /** Somebody looks at what is parked, which a reader that begins has to know. */
  void mustWaitForWhatIsParked() {
    PipelineException failure =
        catchThrowableOfType(PipelineException.class, () -> inbox.parked(each -> {}));
    assertThat(failure.kind()).isEqualTo(FailureKind.TRANSIENT);
    assertThat(failure).hasMessageContaining("by sluice parked");
  }

  /** The bodies of so many, which are done then. */
  List<String> read(int count) throws InterruptedException {
    List<String> read = new ArrayList<>();
    Incoming last = null;
    while (read.size() < count) {
      last = next();
      read.add(new String(last.message().body(), UTF_8).trim());
    }
    inbox.acknowledge(last);
    return read;
  }

  @Override
  public void close() {
    reading.close();
    parking.close();
  }
}
