package dev.sluice.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.change.Numbering;
import dev.sluice.message.Message;
import dev.sluice.pipeline.EventPublisher;
import dev.sluice.pipeline.FailureKind;
import dev.sluice.pipeline.PipelineException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import reactor.core.publisher.Mono;

/** A broker that does what the test tells it to. */
public final class ScriptedPublisher implements EventPublisher {
  /** Everything that was ever published, over all channels. */
  public final List<Message> messages = new CopyOnWriteArrayList<>();

  /** What came on the newest channel. */
  public final List<Message> onChannel = new CopyOnWriteArrayList<>();

  public final AtomicInteger opened = new AtomicInteger();
  public final AtomicInteger closed = new AtomicInteger();

  /** Whether each message is confirmed as soon as it is there. */
  public volatile boolean confirming = true;

  /** Opening fails with it as long as it is set. */
  public volatile PipelineException refusal;

  /** The broker closes the channel over the message of this id, unless it is parked. */
  public volatile String refused = "";

  /** The broker closes the channel over messages that are larger, wherever they go. */
  public volatile int maxMessageBytes = Integer.MAX_VALUE;

  /** Whether it drops what it has, by their numbers. */
  public volatile boolean numbered;

  /** What the events of each channel were called. */
  public final List<Numbering> numberings = new CopyOnWriteArrayList<>();

  /** The ids of what was published, over all channels, where it is numbered. */
  public final List<Long> ids = new CopyOnWriteArrayList<>();

  private final AtomicInteger series = new AtomicInteger();
  private volatile Outcomes outcomes;

  /** What the newest channel's publisher is told with. */
  public Outcomes outcomes() {
    return outcomes;
  }

  /** The newest channel breaks, for a reason that passes. */
  public void loseChannel() {
    outcomes.lost(new PipelineException(FailureKind.TRANSIENT, "gone"));
  }

  /** The numbers of the events whose messages were published, in order, over all channels. */
  public List<Long> published() {
    return messages.stream().map(message -> Events.numberOf(message.messageId())).toList();
  }

  /** Waits until just these were published. */
  public void awaitPublished(int... numbers) {
    List<Long> wanted = IntStream.of(numbers).mapToObj(Long::valueOf).toList();
    await().untilAsserted(() -> assertThat(published()).isEqualTo(wanted));
  }

  @Override
  public Optional<Numbering> numbering(Optional<Numbering> saved) {
    return numbered
        ? saved.or(() -> Optional.of(new Numbering("series " + series.incrementAndGet(), 0, true)))
        : Optional.empty();
  }

  @Override
  public Mono<ConfirmChannel> open(Outcomes listener, Numbering numbering) {
    return Mono.defer(
        () -> {
          numberings.add(numbering);
          return open(listener);
        });
  }

  @Override
  public Mono<ConfirmChannel> open(Outcomes listener) {
    return Mono.defer(
        () -> {
          if (refusal != null) {
            return Mono.error(refusal);
          }
          opened.incrementAndGet();
          outcomes = listener;
          onChannel.clear();
          return Mono.just(new Channel(listener));
        });
  }

  private final class Channel implements ConfirmChannel {
    private final Outcomes listener;
    private volatile boolean dead;

    Channel(Outcomes listener) {
      this.listener = listener;
    }

    @Override
    public void publish(long number, long id, Message message, long document) {
      if (numbered) {
        ids.add(id);
      }
      publish(number, message, document);
    }

    @Override
    public void publish(long number, Message message, long document) {
      messages.add(message);
      onChannel.add(message);
      if (dead) {
        throw tooLarge();
      }
      boolean isRefused =
          message.messageId().equals(refused)
              && message.destination() == Message.Destination.EXCHANGE;
      if (isRefused || message.body().length > maxMessageBytes) {
        dead = true;
        // Time enough for others to be on their way before the news comes back.
        CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS)
            .execute(() -> listener.lost(tooLarge()));
        return;
      }
      if (confirming) {
        listener.confirmed(number, number);
      }
    }

    @Override
    public void flush() {}

    private static PipelineException tooLarge() {
      return new PipelineException(FailureKind.POISON_EVENT, "one of them was too large");
    }

    @Override
    public Mono<Void> close() {
      return Mono.fromRunnable(closed::incrementAndGet);
    }
  }
}
