package dev.sluice.prove;

import java.util.List;
import java.util.Random;

/** One reader for each queue. */
final class Consumers implements AutoCloseable {
  private final List<QueueReader> readers;

  Consumers(Site site, Ledger ledger, Evidence evidence) {
    readers =
        site.layout().queues().stream()
            .map(
                queue ->
                    new QueueReader(
                        site.rabbit(),
                        queue,
                        new ArrivalReader(queue, site.layout().hidden()),
                        ledger,
                        evidence,
                        site.layout().shape() == Shape.STREAM))
            .toList();
  }

  void start() {
    readers.forEach(QueueReader::start);
  }

  /** One whose queue gets a good share of the events. */
  QueueReader any(List<Place> places, Random random) {
    String queue = places.get(random.nextInt(places.size())).queue();
    return readers.stream()
        .filter(reader -> reader.queue().equals(queue))
        .findFirst()
        .orElseThrow();
  }

  /** How many messages are in the queues and not on their way to us. */
  long waiting() {
    return readers.stream().mapToLong(QueueReader::waiting).sum();
  }

  @Override
  public void close() {
    readers.forEach(QueueReader::close);
  }
}
