package dev.sluice.json;

import com.sun.management.ThreadMXBean;
import dev.sluice.config.JsonMode;
import dev.sluice.message.SampleEvent;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;
import org.bson.RawBsonDocument;
import org.bson.json.JsonWriterSettings;

/**
 * What it costs to make the JSON of one change event of 1 KB and 30 fields, beside org.bson's own
 * writer, in thread CPU time and allocated bytes. All contenders take turns, round by round, so
 * that other load on the machine meets all of them; medians are printed with the fastest and the
 * slowest round.
 *
 * <p>Run it with the test class path: {@code java -cp target/test-classes:target/classes:$(cat
 * target/test-classpath.txt) dev.sluice.json.BsonJsonWriterBenchmark}.
 */
public final class BsonJsonWriterBenchmark {
  /** Long enough for the compiler to be done with each contender, also the library's. */
  private static final int WARM_UP_ROUNDS = 5;

  private static final int ROUNDS = 15;
  private static final int DOCUMENTS_PER_ROUND = 40_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private record Contender(String name, ToIntFunction<byte[]> write) {}

  private record Figures(double[] nanoseconds, double[] allocatedBytes) {}

  private BsonJsonWriterBenchmark() {}

  public static void main(String[] args) {
    byte[] event = SampleEvent.bytes();
    List<Contender> contenders =
        List.of(
            ours("Sluice relaxed", JsonMode.RELAXED),
            ours("Sluice canonical", JsonMode.CANONICAL),
            ours("Sluice plain", JsonMode.PLAIN),
            library("org.bson relaxed", org.bson.json.JsonMode.RELAXED),
            library("org.bson canonical", org.bson.json.JsonMode.EXTENDED));
    System.out.printf(
        Locale.ROOT,
        "event: %d bytes of BSON, %d fields; %s %s, %d cores; %d rounds of %d documents%n",
        event.length,
        new RawBsonDocument(event).getDocument("fullDocument").size(),
        System.getProperty("java.vm.name"),
        System.getProperty("java.vm.version"),
        Runtime.getRuntime().availableProcessors(),
        ROUNDS,
        DOCUMENTS_PER_ROUND);
    List<Figures> figures =
        contenders.stream().map(c -> new Figures(new double[ROUNDS], new double[ROUNDS])).toList();
    for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        measure(contenders.get(i), event, figures.get(i), round);
      }
    }
    System.out.printf(
        "%-20s %10s %20s %14s %10s%n", "", "ns/doc", "(min-max)", "bytes/doc", "JSON");
    for (int i = 0; i < contenders.size(); i++) {
      print(contenders.get(i), event, figures.get(i));
    }
  }

  private static Contender ours(String name, JsonMode mode) {
    BsonJsonWriter writer = new BsonJsonWriter(mode);
    Utf8Buffer buffer = new Utf8Buffer();
    return new Contender(
        name,
        event -> {
          buffer.reset();
          writer.writeDocument(event, 0, buffer);
          return buffer.toByteArray().length;
        });
  }

  private static Contender library(String name, org.bson.json.JsonMode mode) {
    JsonWriterSettings settings = JsonWriterSettings.builder().outputMode(mode).build();
    // The text only: turning it into UTF-8 would come on top.
    return new Contender(name, event -> new RawBsonDocument(event).toJson(settings).length());
  }

  private static void measure(Contender contender, byte[] event, Figures figures, int round) {
    long thread = Thread.currentThread().getId();
    long bytesBefore = THREADS.getThreadAllocatedBytes(thread);
    long nanosecondsBefore = THREADS.getCurrentThreadCpuTime();
    int length = 0;
    for (int i = 0; i < DOCUMENTS_PER_ROUND; i++) {
      length += contender.write().applyAsInt(event);
    }
    long nanoseconds = THREADS.getCurrentThreadCpuTime() - nanosecondsBefore;
    long bytes = THREADS.getThreadAllocatedBytes(thread) - bytesBefore;
    if (length == 0) {
      throw new IllegalStateException("nothing was written");
    }
    if (round >= 0) {
      figures.nanoseconds()[round] = (double) nanoseconds / DOCUMENTS_PER_ROUND;
      figures.allocatedBytes()[round] = (double) bytes / DOCUMENTS_PER_ROUND;
    }
  }

  private static void print(Contender contender, byte[] event, Figures figures) {
    double[] nanoseconds = figures.nanoseconds().clone();
    double[] bytes = figures.allocatedBytes().clone();
    Arrays.sort(nanoseconds);
    Arrays.sort(bytes);
    System.out.printf(
        Locale.ROOT,
        "%-20s %10.0f %20s %14.0f %10d%n",
        contender.name(),
        nanoseconds[ROUNDS / 2],
        String.format(Locale.ROOT, "(%.0f-%.0f)", nanoseconds[0], nanoseconds[ROUNDS - 1]),
        bytes[ROUNDS / 2],
        contender.write().applyAsInt(event));
  }
}
