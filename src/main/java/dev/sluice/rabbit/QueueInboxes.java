package dev.sluice.rabbit;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ShutdownSignalException;
import dev.sluice.config.QueueType;
import dev.sluice.config.RabbitSettings;
import dev.sluice.consume.Inbox;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a queue to be consumed: one that is there, or one of our own that is bound to an exchange,
 * which then has a single active consumer.
 *
 * <p>The queue of a pipeline is read exclusively where that is possible, so that a second consumer
 * waits until the first is gone. A queue with a single active consumer refuses that, and sees to
 * the same by itself. A stream is read from where its reader stood.
 */
public final class QueueInboxes implements Inbox.Opener {
  private static final Logger log = LoggerFactory.getLogger(QueueInboxes.class);

  /**
   * A queue of our own gives a message back as often as it has to: this consumer parks what cannot
   * be applied, so no limit is needed, and RabbitMQ 4 would lose messages by its own.
   */
  static final int PRACTICALLY_UNLIMITED = 1_000_000_000;

  /** So RabbitMQ answers for a queue whose node is away, or is starting, with the same code. */
  private static final String NODE_AWAY = "is down or inaccessible";

  /**
   * What is of no single collection, or takes a collection's name: the keys of these are not below
   * that of the collection (docs/MESSAGE_FORMAT.md, Routing keys). Whoever misses one of them is
   * wrong without knowing it.
   */
  private static final List<String> OF_ALL =
      List.of(
          "sluice.#",
          "*.gap",
          "*.dropDatabase",
          "*.snapshot-started",
          "*.snapshot-completed",
          "*.snapshot-abandoned",
          "#.rename");

  /**
   * What is read.
   *
   * @param exchange to which the queue is bound; empty if it is not ours, and has to be there
   * @param pattern of routing keys by which it is bound
   * @param isShared whether others may read it at the same time
   */
  public record Reading(String queue, String exchange, String pattern, boolean isShared) {
    public Reading {
      Objects.requireNonNull(queue, "queue");
      Objects.requireNonNull(exchange, "exchange");
      Objects.requireNonNull(pattern, "pattern");
    }

    /**
     * All patterns by which it is bound. A number is the weight of a consistent-hash exchange,
     * which takes nothing else; an empty pattern is for an exchange that looks at no key.
     */
    List<String> patterns() {
      List<String> all = new ArrayList<>(List.of(pattern));
      if (pattern.chars().anyMatch(character -> !Character.isDigit(character))) {
        all.addAll(OF_ALL);
      }
      return all;
    }

    private boolean isOurs() {
      return !exchange.isEmpty();
    }
  }

  private final RabbitConnection reading;
  private final RabbitConnection parking;
  private final Reading what;
  private final StreamReading how;
  private final Prefetch prefetch;
  private final AtomicBoolean isStream;

  /** Whether RabbitMQ has said, as it was opened, that it is no stream: then no message does. */
  private volatile boolean isQueue;

  /** Reads a stream, should it be one, from its beginning and under the name of the queue. */
  public QueueInboxes(
      RabbitConnection reading, RabbitConnection parking, Reading what, int prefetch) {
    this(
        reading,
        parking,
        what,
        new StreamReading(what.queue(), Optional.empty(), false, false),
        prefetch);
  }

  /**
   * @param reading for this alone
   * @param parking for publishing what is parked: a broker that is short of memory stops reading
   *     from whoever publishes
   * @param how it is read if it is a stream
   * @param prefetch how many messages may be under way to us, at most; fewer where they are large
   */
  public QueueInboxes(
      RabbitConnection reading,
      RabbitConnection parking,
      Reading what,
      StreamReading how,
      int prefetch) {
    this.reading = reading;
    this.parking = parking;
    this.what = what;
    this.how = how;
    this.prefetch = new Prefetch(prefetch);
    this.isStream = new AtomicBoolean(how.isExpected());
  }

  @Override
  public Inbox open() {
    RabbitSettings settings = reading.settings().straightTo(what.queue());
    try {
      Connection connection = reading.openNow();
      prepare(connection);
      isQueue = what.isOurs();
      if (!isQueue) {
        tellStream(connection);
      }
      if (isStream.get()) {
        return StreamInbox.open(connection, inbox(), how, settings);
      }
      QueueInbox inbox = consume(connection);
      log.info("Reading the queue {} at {}", what.queue(), reading.settings().address());
      return inbox;
    } catch (IOException | ShutdownSignalException | PipelineException e) {
      // What waits for another reader must not hold up that one's successor.
      reading.close();
      throw RabbitFailures.recognise(e, settings);
    }
  }

  /**
   * Tells by what it takes: only a stream takes an offset. What does not refuse wrong arguments is
   * told by its first message, or by its declaration. It is asked each time: one that was deleted
   * may be of another kind by now.
   */
  private void tellStream(Connection connection) throws IOException {
    if (QueueKind.refusesWrongArguments(connection)) {
      try {
        isStream.set(QueueKind.isStream(connection, what.queue()));
        isQueue = !isStream.get();
      } catch (IOException e) {
        if (isAnswered(e, AMQP.ACCESS_REFUSED)) {
          // What may not be read, reading says in a moment.
          return;
        }
        throw e;
      }
    } else if (isStream.get() && QueueKind.isDeclaredAsQueue(connection, what.queue())) {
      isStream.set(false);
      isQueue = true;
    }
    if (!isStream.get() && how.from().isPresent()) {
      throw new PipelineException(
          FailureKind.MISCONFIGURED,
          "The queue \""
              + what.queue()
              + "\" is no stream, and a queue is read from its head: leave out --from");
    }
    if (isStream.get() && what.isShared()) {
      throw new PipelineException(
          FailureKind.MISCONFIGURED,
          "The queue \""
              + what.queue()
              + "\" is a stream, which gives everything to each reader: leave out --shared, and give"
              + " each consumer a --name");
    }
  }

  private QueueInbox inbox() {
    return new QueueInbox(reading, parking, what.queue(), prefetch, isStream, isQueue);
  }

  private void prepare(Connection connection) throws IOException {
    Channel channel = RabbitConnection.channelOn(connection);
    try {
      if (what.isOurs()) {
        declare(channel);
      } else {
        channel.queueDeclarePassive(what.queue());
      }
    } catch (IOException e) {
      if (isAnswered(e, AMQP.NOT_FOUND) && !e.getCause().getMessage().contains(NODE_AWAY)) {
        throw missing(e);
      }
      throw e;
    } finally {
      channel.abort();
    }
  }

  private PipelineException missing(IOException cause) {
    return new PipelineException(
        FailureKind.MISCONFIGURED,
        what.isOurs()
            ? "RabbitMQ at "
                + reading.settings().address()
                + " has no exchange \""
                + what.exchange()
                + "\": start the pipeline first, which declares it, or name another one by --bind"
            : "RabbitMQ at "
                + reading.settings().address()
                + " has no queue \""
                + what.queue()
                + "\": start the pipeline first, which declares it, name another one by --queue, or"
                + " have one made by --bind 'exchange:pattern'",
        cause);
  }

  private void declare(Channel channel) throws IOException {
    channel.exchangeDeclarePassive(what.exchange());
    channel.queueDeclare(
        what.queue(),
        true,
        false,
        false,
        Map.of(
            "x-queue-type",
            QueueType.QUORUM.text(),
            "x-single-active-consumer",
            true,
            "x-delivery-limit",
            PRACTICALLY_UNLIMITED));
    for (String pattern : what.patterns()) {
      channel.queueBind(what.queue(), what.exchange(), pattern);
    }
  }

  private QueueInbox consume(Connection connection) throws IOException {
    QueueInbox inbox = inbox();
    boolean alone = !what.isOurs() && !what.isShared();
    try {
      inbox.start(connection, alone, Map.of());
      return inbox;
    } catch (IOException e) {
      if (!alone || !isAnswered(e, AMQP.ACCESS_REFUSED)) {
        throw e;
      }
    }
    // Somebody reads it already, or it has a single active consumer.
    try {
      inbox.start(connection, false, Map.of());
      return inbox;
    } catch (IOException e) {
      if (isAnswered(e, AMQP.ACCESS_REFUSED)) {
        throw new PipelineException(
            FailureKind.TRANSIENT,
            "The queue \""
                + what.queue()
                + "\" is read by another consumer, which wants it for itself (or this user may not"
                + " read it)",
            e);
      }
      throw e;
    }
  }

  static boolean isAnswered(IOException failure, int code) {
    return failure.getCause() instanceof ShutdownSignalException shutdown
        && shutdown.getReason() instanceof AMQP.Channel.Close close
        && close.getReplyCode() == code;
  }
}
