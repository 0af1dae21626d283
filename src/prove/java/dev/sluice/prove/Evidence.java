package dev.sluice.prove;

import com.rabbitmq.client.Delivery;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;

/**
 * The folder of a run, in which everything can be looked up: every message as it came, every write,
 * the log of every process, the report. Thread-safe.
 */
final class Evidence implements AutoCloseable {
  private final Path folder;
  private final BufferedWriter deliveries;
  private volatile long start = System.nanoTime();

  private Evidence(Path folder, BufferedWriter deliveries) {
    this.folder = folder;
    this.deliveries = deliveries;
  }

  static Evidence in(Path folder) {
    try {
      Files.createDirectories(folder);
      return new Evidence(folder, zipped(folder.resolve("deliveries.jsonl.gz")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BufferedWriter zipped(Path file) throws IOException {
    return new BufferedWriter(
        new OutputStreamWriter(
            new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8));
  }

  Path folder() {
    return folder;
  }

  /** The zero of all times in it, by {@link System#nanoTime}. */
  void startsAt(long nanos) {
    start = nanos;
  }

  synchronized void arrived(Arrival arrival, Delivery delivery) {
    String body = new String(delivery.getBody(), StandardCharsets.UTF_8);
    try {
      deliveries.write(
          "{\"at\": %s, \"messageId\": \"%s\", \"redelivered\": %s, \"digest\": \"%s\", "
                  .formatted(
                      seconds(arrival.at()),
                      arrival.messageId(),
                      arrival.redelivered(),
                      arrival.digest())
              + "\"body\": "
              + body
              + "}\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every write, one on a line: when it was sent, when acknowledged, what it was. */
  void wrote(List<AttemptedWrite> writes) {
    try (BufferedWriter out = zipped(folder.resolve("writes.tsv.gz"))) {
      out.write("sent\tacknowledged\tdocument\tsequence\tkind\n");
      for (AttemptedWrite write : writes) {
        out.write(
            "%s\t%s\t%s\t%d\t%s\n"
                .formatted(
                    seconds(write.begunAt()),
                    write.isAcknowledged() ? seconds(write.acknowledgedAt()) : "never",
                    write.document(),
                    write.sequence(),
                    write.kind().operation()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void keep(String file, String text) {
    try {
      Files.writeString(folder.resolve(file), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String seconds(long nanos) {
    return String.format(Locale.ROOT, "%.6f", (nanos - start) / 1e9);
  }

  @Override
  public synchronized void close() {
    try {
      deliveries.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
