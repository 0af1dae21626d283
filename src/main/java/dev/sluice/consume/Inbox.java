package dev.sluice.consume;

import dev.sluice.message.Message;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The queue's side: messages as they are delivered, and what becomes of them. For one thread, but
 * that another one may take the messages; what is neither acknowledged nor parked when it is closed
 * goes back to the queue. Everything throws a {@link dev.sluice.pipeline.PipelineException}.
 */
public interface Inbox extends AutoCloseable {
  /** Opens the queue; every call anew. */
  interface Opener {
    Inbox open();
  }

  /** Whether nobody else reads the queue or waits to. */
  boolean isAlone();

  /**
   * The next message; empty if none comes within that time.
   *
   * @throws InterruptedException if the thread is to stop
   */
  Optional<Incoming> next(Duration patience) throws InterruptedException;

  /**
   * How many messages it hands out before one of them is acknowledged. Without a bound where nobody
   * knows one.
   */
  default int atHand() {
    return Integer.MAX_VALUE;
  }

  /**
   * How many messages of a stream are not done, too few by the last of them that were written at
   * once; empty of a queue, and as long as nobody knows. Blocks, and may be asked on any thread.
   */
  default OptionalLong behind() {
    return OptionalLong.empty();
  }

  /** This one and all delivered before it are done. */
  void acknowledge(Incoming last);

  /** Shows each message that lies in the queue of what is parked; all stay there. */
  void parked(Consumer<Message> each);

  /** Puts a message into the queue of what is parked; returns when RabbitMQ has it for good. */
  void park(Message parked);

  /** Does not throw. */
  @Override
  void close();
}
