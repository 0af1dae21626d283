package dev.sluice.rabbit;

import dev.sluice.message.Message;
import dev.sluice.pipeline.EventPublisher;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Several channels of one connection side by side, each of which the broker serves by a process of
 * its own. The messages of one document always take the same one, on which their order is kept;
 * those of different documents may overtake one another.
 *
 * <p>To whoever publishes it is one channel, with one count of messages.
 */
final class Lanes implements EventPublisher.ConfirmChannel {
  /** A channel, and what its messages are numbered with. */
  record Lane(LaneNumbers numbers, EventPublisher.ConfirmChannel channel) {}

  private final List<Lane> lanes;
  private long published;

  Lanes(List<Lane> lanes) {
    this.lanes = List.copyOf(lanes);
  }

  @Override
  public void publish(Message message, long document) {
    Lane lane = lanes.get(Math.floorMod(Long.hashCode(document), lanes.size()));
    published++;
    // Before: its confirm may be here sooner than the call is back.
    lane.numbers().next(published);
    lane.channel().publish(message, document);
  }

  /** All write to one socket. */
  @Override
  public void flush() {
    lanes.get(0).channel().flush();
  }

  /** All have one connection, with which each is closed. */
  @Override
  public Mono<Void> close() {
    return lanes.get(0).channel().close();
  }
}
