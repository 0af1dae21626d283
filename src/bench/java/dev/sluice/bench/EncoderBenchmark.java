package dev.sluice.bench;

import dev.sluice.change.ChangeEvent;
import dev.sluice.config.EnvelopeSettings;
import dev.sluice.config.EventFormat;
import dev.sluice.config.JsonMode;
import dev.sluice.message.EnvelopeEncoder;
import dev.sluice.message.Message;
import dev.sluice.message.SampleEvent;
import java.util.concurrent.TimeUnit;
import org.bson.RawBsonDocument;
import org.bson.json.JsonWriterSettings;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * {@code make bench-encode}: what one event of 1 KB costs from the bytes that the driver hands over
 * to the message that is published, beside the library's JSON alone.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class EncoderBenchmark {
  /** The form of the values. */
  @Param({"RELAXED", "CANONICAL"})
  JsonMode json;

  private final byte[] event = SampleEvent.bytes();
  private EnvelopeEncoder encoder;
  private JsonWriterSettings library;
  private ChangeEvent read;

  /** Called by JMH before it measures. */
  @Setup
  public void setUp() {
    encoder =
        new EnvelopeEncoder(
            new EnvelopeSettings(
                "bench", "scrabble", "scrabble", EventFormat.ENVELOPE, json, Long.MAX_VALUE),
            16 << 20);
    library =
        JsonWriterSettings.builder()
            .outputMode(
                json == JsonMode.RELAXED
                    ? org.bson.json.JsonMode.RELAXED
                    : org.bson.json.JsonMode.EXTENDED)
            .build();
    read = new ChangeEvent(event, 0, event.length, 0);
  }

  /** The fields are found and the message written: all of what Sluice does to an event. */
  @Benchmark
  public Message eventAndMessage() {
    return encoder.encode(new ChangeEvent(event, 0, event.length, 0));
  }

  /** The message alone, headers and message-id included. */
  @Benchmark
  public Message message() {
    return encoder.encode(read);
  }

  /** The library's text of the whole event; turning it into UTF-8 would come on top. */
  @Benchmark
  public String libraryToJson() {
    return new RawBsonDocument(event).toJson(library);
  }
}
