package dev.sluice.bench.loop;

import org.bson.BsonTimestamp;

/**
 * What the benchmark tells a loop, by the environment.
 *
 * @param from where the change stream begins
 * @param streamPort of the stream protocol; 0 where it is not spoken
 * @param headers of a labelled loop: all, minimal or none
 * @param events how many there are to carry; 0 for as many as come
 */
public record LoopSettings(
    String mongoUri,
    String database,
    String collection,
    BsonTimestamp from,
    String amqpUri,
    int streamPort,
    String exchange,
    String routingKey,
    int events,
    int window,
    long windowBytes,
    int batch,
    int documentSize,
    String headers) {

  static LoopSettings ofEnvironment() {
    return new LoopSettings(
        text("BENCH_MONGODB"),
        text("BENCH_DATABASE"),
        text("BENCH_COLLECTION"),
        new BsonTimestamp(Long.parseLong(text("BENCH_FROM"))),
        text("BENCH_AMQP"),
        Integer.parseInt(text("BENCH_STREAM_PORT")),
        text("BENCH_EXCHANGE"),
        text("BENCH_KEY"),
        Integer.parseInt(text("BENCH_EVENTS")),
        Integer.parseInt(text("BENCH_WINDOW")),
        Long.parseLong(text("BENCH_WINDOW_BYTES")),
        Integer.parseInt(text("BENCH_BATCH")),
        Integer.parseInt(text("BENCH_SIZE")),
        text("BENCH_HEADERS"));
  }

  private static String text(String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw new IllegalArgumentException(name + " is not set");
    }
    return value;
  }
}
