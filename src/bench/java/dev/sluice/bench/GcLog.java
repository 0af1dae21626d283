package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.LongToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JVM's log of its garbage collections. Between two of them the heap grows by what is allocated;
 * so both the time of the pauses and the allocated bytes can be had without an agent and without
 * asking the process anything.
 */
final class GcLog {
  private static final Pattern PAUSE =
      Pattern.compile(
          "\\[(\\d+)ms].*Pause .* (\\d+)([KMG])->(\\d+)([KMG])\\(\\d+[KMG]\\) ([\\d.]+)ms");

  private record Pause(long epochMillis, long before, long after, double millis) {}

  private final List<Pause> pauses = new ArrayList<>();

  /** What to start a JVM with, so that it writes this log. */
  static String option(Path file) {
    return "-Xlog:gc:file=" + file.toAbsolutePath() + ":timemillis:filecount=0";
  }

  static GcLog read(Path file) {
    GcLog log = new GcLog();
    try {
      for (String line : Files.readAllLines(file)) {
        Matcher pause = PAUSE.matcher(line);
        if (pause.find()) {
          log.pauses.add(
              new Pause(
                  Long.parseLong(pause.group(1)),
                  bytes(pause.group(2), pause.group(3)),
                  bytes(pause.group(4), pause.group(5)),
                  Double.parseDouble(pause.group(6))));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("No log of collections at " + file, e);
    }
    return log;
  }

  private static long bytes(String number, String unit) {
    return Long.parseLong(number)
        << switch (unit) {
          case "K" -> 10;
          case "M" -> 20;
          default -> 30;
        };
  }

  /** Of all pauses together. */
  double pauseMillis() {
    return pauses.stream().mapToDouble(Pause::millis).sum();
  }

  /**
   * Bytes for each event between the first and the last collection of a span; nothing if there are
   * not two of them in it.
   *
   * @param eventsAt how many events were through at a time
   */
  OptionalDouble bytesPerEvent(long fromMillis, long toMillis, LongToDoubleFunction eventsAt) {
    List<Pause> within =
        pauses.stream()
            .filter(pause -> pause.epochMillis() >= fromMillis && pause.epochMillis() <= toMillis)
            .toList();
    if (within.size() < 2) {
      return OptionalDouble.empty();
    }
    long allocated = 0;
    for (int i = 1; i < within.size(); i++) {
      allocated += within.get(i).before() - within.get(i - 1).after();
    }
    double events =
        eventsAt.applyAsDouble(within.get(within.size() - 1).epochMillis())
            - eventsAt.applyAsDouble(within.get(0).epochMillis());
    return events > 0 ? OptionalDouble.of(allocated / events) : OptionalDouble.empty();
  }
}
