package dev.sluice.prove;

import com.rabbitmq.client.Delivery;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
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
    try {
      deliveries.write(
          "{\"at\": %s, \"queue\": \"%s\", \"messageId\": \"%s\", \"redelivered\": %s, \"digest\": \"%s\", "
                  .formatted(
                      seconds(arrival.at()),
                      arrival.queue(),
                      arrival.messageId(),
                      arrival.redelivered(),
                      arrival.digest())
              + "\"body\": "
              + body(delivery)
              + "}\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As it came; what is no JSON, in Base64. */
  private static String body(Delivery delivery) {
    byte[] body = delivery.getBody();
    return body.length > 0 && body[0] == '{'
        ? new String(body, StandardCharsets.UTF_8)
        : "\"" + Base64.getEncoder().encodeToString(body) + "\"";
  }

  /** The logs of processes in which something stands that must not leave, as lines. */
  List<String> logsWith(HiddenText hidden) {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> found = new ArrayList<>();
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).toList()) {
        Files.readString(log, StandardCharsets.ISO_8859_1)
            .lines()
            .filter(hidden::isIn)
            .forEach(line -> found.add(log.getFileName() + ": " + line));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every write, one on a line: when it was sent, when it ended and how, what it was. */
  void wrote(List<AttemptedWrite> writes) {
    try (BufferedWriter out = zipped(folder.resolve("writes.tsv.gz"))) {
      out.write("sent\tacknowledged\tcollection\tdocument\tsequence\tkind\ttransaction\n");
      for (AttemptedWrite write : writes) {
        out.write(
            "%s\t%s\t%s\t%s\t%d\t%s\t%s\n"
                .formatted(
                    seconds(write.begunAt()),
                    outcome(write),
                    write.subject().namespace(),
                    write.subject().id(),
                    write.sequence(),
                    write.kind().operation(),
                    write.transaction().map(TransactionAttempt::toString).orElse("")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String outcome(AttemptedWrite write) {
    if (write.isAborted()) {
      return "aborted";
    }
    return write.isAcknowledged() ? seconds(write.acknowledgedAt()) : "never";
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
