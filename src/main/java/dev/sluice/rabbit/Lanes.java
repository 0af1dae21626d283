package dev.sluice.rabbit;

import dev.sluice.message.Message;
import dev.sluice.pipeline.EventPublisher;
import java.util.List;
import reactor.core.publisher.Mono;

/**
 * Several channels of one connection side by side, each of which the broker serves by a process of
 * its own. The messages of one document always take the same one, on which their order is kept;
 * those of different documents may overtake one another. To whoever publishes it is one channel.
 */
final class Lanes implements EventPublisher.ConfirmChannel {
  private final List<ConfirmingChannel> lanes;

  Lanes(List<ConfirmingChannel> lanes) {
    this.lanes = List.copyOf(lanes);
  }

  @Override
  public void publish(long number, Message message, long document) {
    lanes
        .get(Math.floorMod(Long.hashCode(document), lanes.size()))
        .publish(number, message, document);
  }

  /** All write to one socket. */
  @Override
  public void flush() {
    lanes.get(0).flush();
  }

  /** All have one connection, with which each is closed. */
  @Override
  public Mono<Void> close() {
    return lanes.get(0).close();
  }
}
