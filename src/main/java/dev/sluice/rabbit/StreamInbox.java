package dev.sluice.rabbit;

import com.rabbitmq.client.Connection;
import dev.sluice.config.RabbitSettings;
import dev.sluice.consume.Inbox;
import dev.sluice.consume.Incoming;
import dev.sluice.message.Message;
import dev.sluice.message.ParkedMessages;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream that is being consumed from where its reader stood (docs/decisions/0013): read as a
 * queue is, but an acknowledgement only asks for more, and what is done is kept beside it. Reading
 * begins with the last message that is done, to see that it is still that one: RabbitMQ gives
 * whatever comes next where messages are gone, and nothing at all in a stream that is made anew.
 */
final class StreamInbox implements Inbox {
  private static final Logger log = LoggerFactory.getLogger(StreamInbox.class);

  /** How long nothing may come before it is asked whether there is anything. */
  private static final Duration SILENCE = Duration.ofSeconds(2);

  /**
   * So often it has to be silent, with an end that stands still, for the message to be gone: a node
   * that was away knows less than the others until it has caught up, and what the leader has
   * RabbitMQ counts each five seconds only.
   */
  private static final int SILENCES = 5;

  private final QueueInbox inbox;
  private final StreamEnds ends;
  private final KeptOffset kept;
  private final StreamReading how;
  private final RabbitSettings settings;

  /** All up to there is done, and was before the first; empty as long as nobody knows. */
  private volatile OptionalLong done = OptionalLong.empty();

  /** Of the thread that takes messages, as all below. */
  private long last = Incoming.NO_OFFSET;

  /** The message-id of the message with which reading goes on; null if none is known. */
  private String lastId;

  /** The offset that was asked for, as no message of the stream is known yet. */
  private OptionalLong asked = OptionalLong.empty();

  /** Whether it is kept with which message reading began, or what is done. */
  private boolean begun;

  private boolean resumed;
  private int silences;
  private boolean saidBehind;
  private OptionalLong end = OptionalLong.empty();
  private long silentSince = System.nanoTime();

  private StreamInbox(
      Connection connection,
      QueueInbox inbox,
      KeptOffset kept,
      StreamReading how,
      RabbitSettings settings) {
    this.inbox = inbox;
    this.ends = new StreamEnds(connection, settings);
    this.kept = kept;
    this.how = how;
    this.settings = settings;
  }

  /**
   * @param settings of the stream
   */
  static StreamInbox open(
      Connection connection, QueueInbox inbox, StreamReading how, RabbitSettings settings)
      throws IOException {
    KeptOffset kept = KeptOffset.open(connection, settings, how.name());
    StreamInbox opened = new StreamInbox(connection, inbox, kept, how, settings);
    inbox.start(connection, false, Map.of(StreamOffset.ARGUMENT, opened.start()));
    return opened;
  }

  private Object start() {
    if (kept.done().isPresent()) {
      last = kept.done().get().offset();
      lastId = kept.done().get().messageId();
      begun = true;
      done = OptionalLong.of(last);
      say("behind offset " + last, how.from().isPresent());
      return last;
    }
    if (kept.first().isPresent()) {
      last = kept.first().get().offset();
      lastId = kept.first().get().messageId();
      done = OptionalLong.of(last - 1);
      say("from " + last, how.from().isPresent());
      return last;
    }
    resumed = true;
    if (kept.beginning().isPresent()) {
      say("from " + kept.beginning().get().text(), how.from().isPresent());
      return ask(kept.beginning().get());
    }
    StreamOffset from = lasting(how.beginning());
    kept.keep(from);
    say("from " + from.text() + ", the first time", false);
    return ask(from);
  }

  private Object ask(StreamOffset from) {
    if (from.value() instanceof Long offset) {
      asked = OptionalLong.of(offset);
    }
    return from.value();
  }

  private void say(String where, boolean others) {
    log.info(
        "Reading the stream {} {}, as {} has it{}",
        settings.queue(),
        where,
        kept.queue(),
        others ? "; --from counts where nothing is kept" : "");
  }

  /** The last stretch is another one at each start: what came between two would be passed over. */
  private StreamOffset lasting(StreamOffset from) {
    if (!from.equals(StreamOffset.LAST)) {
      return from;
    }
    OptionalLong first = ends.newest();
    if (first.isEmpty() && ends.count() > 0) {
      // Slow, and not empty: it would begin before what is asked for.
      throw new PipelineException(
          FailureKind.TRANSIENT,
          "RabbitMQ does not say where the stream \"" + settings.queue() + "\" ends");
    }
    return first.isPresent()
        ? StreamOffset.parse(Long.toString(first.getAsLong()))
        : StreamOffset.FIRST;
  }

  /** Who has opened what is kept is alone. */
  @Override
  public boolean isAlone() {
    return true;
  }

  @Override
  public Optional<Incoming> next(Duration patience) throws InterruptedException {
    Optional<Incoming> next = inbox.next(patience);
    if (next.isEmpty()) {
      lookForTheLast();
      return next;
    }
    boolean isNew = next.get().offset() > last;
    if (isNew) {
      requireNothingLost(next.get().offset());
      if (!begun) {
        begin(next.get());
      }
      last = next.get().offset();
      resumed = true;
    } else if (next.get().offset() == last && !resumed) {
      requireSame(next.get().message());
      resumed = true;
      isNew = !begun;
      begun = true;
    }
    if (isNew && !isForAnother(next.get().message())) {
      return next;
    }
    inbox.passOver(next.get());
    return Optional.empty();
  }

  /**
   * Kept before anything is done, which may take as long as the target is away: where the stream
   * begins by then nobody could tell from "first".
   */
  private void begin(Incoming first) {
    kept.keepFirst(place(first));
    done = OptionalLong.of(first.offset() - 1);
    begun = true;
  }

  private static StreamEnds.Place place(Incoming message) {
    return new StreamEnds.Place(message.offset(), message.message().messageId());
  }

  /** Given back by `parked --release` of another reader of the stream. */
  private boolean isForAnother(Message message) {
    return message.headers().containsKey(ParkedMessages.RELEASED)
        && !how.name().equals(message.headers().get(ParkedMessages.PARKED_BY));
  }

  private void requireNothingLost(long offset) {
    if (last == Incoming.NO_OFFSET) {
      if (asked.isPresent() && offset > asked.getAsLong() && !reachesBackTo(asked.getAsLong())) {
        missing("offset " + asked.getAsLong(), "is to begin", offset);
      }
    } else if (!begun) {
      missing("offset " + last, "began", offset);
    } else if (offset != last + 1 && !(resumed && reachesBackTo(last))) {
      missing("what followed offset " + last, "stood", offset);
    }
  }

  /**
   * RabbitMQ's own entries take offsets too. While the message before is there, or an earlier one,
   * nothing else is missing.
   */
  private boolean reachesBackTo(long offset) {
    OptionalLong first = ends.oldest();
    if (first.isEmpty()) {
      // Slow, and no loss: opened again it begins with the last that is done.
      throw new PipelineException(
          FailureKind.TRANSIENT,
          "RabbitMQ does not say where the stream \"" + settings.queue() + "\" begins");
    }
    return first.getAsLong() <= offset;
  }

  private void missing(String what, String where, long offset) {
    String sentence =
        "The stream \""
            + settings.queue()
            + "\" no longer has "
            + what
            + ", where the consumer \""
            + how.name()
            + "\" "
            + where
            + ": it goes on at "
            + offset
            + ", and what its retention has removed in between is missing";
    if (!how.passesLosses()) {
      throw lost(sentence);
    }
    log.warn("{} in the target; going on", sentence);
  }

  private void requireSame(Message message) {
    if (!message.messageId().equals(lastId)) {
      another("has another message at offset " + last + " than the one");
    }
  }

  /** Nothing at all comes of a stream that ends before the place from which it is read. */
  private void lookForTheLast() {
    if (resumed || System.nanoTime() - silentSince < SILENCE.toNanos()) {
      return;
    }
    OptionalLong newest = ends.newest();
    silentSince = System.nanoTime();
    boolean endsBefore = newest.isPresent() && newest.equals(end) && newest.getAsLong() < last;
    end = newest;
    silences = endsBefore && !isBehind(newest.getAsLong()) ? silences + 1 : 0;
    if (silences >= SILENCES) {
      another("ends before offset " + last + ", the one");
    }
  }

  /**
   * Whether it is this node alone that has not got so far, or nobody says: one is read from the
   * node that the connection leads to, and counted by the one that leads the stream.
   */
  private boolean isBehind(long newest) {
    OptionalLong first = ends.oldest();
    long count = ends.count();
    if (count > 0 && first.isPresent() && first.getAsLong() + count <= last) {
      return false;
    }
    if (!saidBehind) {
      saidBehind = true;
      log.warn(
          "RabbitMQ at {} has the stream {} up to offset {} only, and its leader more: waiting until"
              + " it has caught up to offset {}",
          settings.address(),
          settings.queue(),
          newest,
          last);
    }
    return true;
  }

  private void another(String what) {
    String sentence =
        "The stream \""
            + settings.queue()
            + "\" "
            + what
            + " that the consumer \""
            + how.name()
            + (begun ? "\" has done last" : "\" began with")
            + ": it was deleted and made anew, and what the consumer had not read of"
            + " the former one is missing";
    if (!how.passesLosses()) {
      throw lost(sentence);
    }
    kept.keep(StreamOffset.FIRST);
    throw new PipelineException(
        FailureKind.TRANSIENT, sentence + " in the target; going on at its beginning");
  }

  private static PipelineException lost(String sentence) {
    return new PipelineException(
        FailureKind.POSITION_LOST,
        sentence
            + ": take a snapshot by the pipeline, which fills the target again, and start once with"
            + " --on-gap apply");
  }

  @Override
  public int atHand() {
    return inbox.atHand();
  }

  @Override
  public void acknowledge(Incoming last) {
    kept.keepDone(place(last));
    done = OptionalLong.of(last.offset());
    inbox.acknowledge(last);
  }

  @Override
  public OptionalLong behind() {
    OptionalLong through = done;
    OptionalLong newest = through.isEmpty() ? through : ends.newest();
    return newest.isEmpty()
        ? newest
        : OptionalLong.of(Math.max(0, newest.getAsLong() - through.getAsLong()));
  }

  /** Several read a stream, and each parks by itself, into one queue. */
  @Override
  public void parked(Consumer<Message> each) {
    inbox.parked(
        message -> {
          if (how.name().equals(message.headers().get(ParkedMessages.PARKED_BY))) {
            each.accept(message);
          }
        });
  }

  @Override
  public void park(Message parked) {
    inbox.park(parked);
  }

  @Override
  public void close() {
    inbox.close();
  }
}
