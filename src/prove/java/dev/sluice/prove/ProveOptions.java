package dev.sluice.prove;

import dev.sluice.config.Durations;
import dev.sluice.config.SettingKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * What a run is told, by make variables or the environment.
 *
 * @param duration how long is written and hurt
 * @param seed of the schedule of the faults and of what is written
 * @param faults the faults that are named; nothing for all that can be caused
 * @param keys documents that are written again and again
 * @param writers threads that write
 * @param rate writes a second, of all of them
 * @param instances machines, each with a process of the one pipeline, or of several
 * @param partitions pipelines that share the documents
 * @param brokers nodes of RabbitMQ
 * @param shape how much of Sluice is in use
 */
record ProveOptions(
    Duration duration,
    long seed,
    Optional<Set<FaultKind>> faults,
    int keys,
    int writers,
    int rate,
    int instances,
    int partitions,
    int brokers,
    Shape shape) {

  /** An option that cannot be what it says; the message is for whoever typed it. */
  static final class WrongOption extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongOption(String message) {
      super(message);
    }
  }

  /** Whatever is larger is a slip of the finger. */
  private static final int LARGEST = 100_000;

  /** A thread each. */
  private static final int MOST_WRITERS = 64;

  /** A JVM each. */
  private static final int MOST_INSTANCES = 5;

  /** Two JVMs each. */
  private static final int MOST_PARTITIONS = 16;

  /** With fewer, nothing is left that could be taken over from a machine that is lost. */
  private static final int MACHINES_OF_PARTITIONS = 3;

  /** A cluster of two cannot lose one. */
  private static final int NODES_OF_CLUSTER = 3;

  static ProveOptions read(Map<String, String> environment) {
    int partitions = number(environment, "PARTITIONS", 1, MOST_PARTITIONS);
    Shape shape = shape(environment, partitions > 1);
    return new ProveOptions(
        duration(given(environment, "DURATION", "60s")),
        seed(given(environment, "SEED", "")),
        faults(given(environment, "FAULTS", "all")),
        number(environment, "KEYS", 1_000, LARGEST),
        number(environment, "WRITERS", 4, MOST_WRITERS),
        number(environment, "RATE", 700, LARGEST),
        number(
            environment,
            "INSTANCES",
            partitions > 1 ? MACHINES_OF_PARTITIONS : usualInstances(),
            MOST_INSTANCES),
        partitions,
        brokers(environment),
        shape);
  }

  private static int brokers(Map<String, String> environment) {
    int brokers = number(environment, "BROKERS", 1, NODES_OF_CLUSTER);
    if (brokers != 1 && brokers != NODES_OF_CLUSTER) {
      throw new WrongOption("BROKERS must be 1 or 3.");
    }
    return brokers;
  }

  /** In words. */
  String pipeline() {
    return partitions == 1
        ? "pipeline of " + instances
        : "%d partitions at %d machines".formatted(partitions, instances);
  }

  /** A second process without a lease would not stand by: it would fence off the first. */
  private static int usualInstances() {
    return hasLease() ? 2 : 1;
  }

  static boolean hasLease() {
    return Arrays.stream(SettingKey.values()).anyMatch(key -> key.name().equals("SLUICE_LEASE"));
  }

  /** make passes on what is not given as nothing. */
  private static String given(Map<String, String> environment, String name, String otherwise) {
    String value = environment.getOrDefault(name, "").strip();
    return value.isEmpty() ? otherwise : value;
  }

  private static Duration duration(String text) {
    try {
      Duration duration = Durations.parse(text);
      if (duration.isZero()) {
        throw new WrongOption("DURATION must be longer than nothing.");
      }
      return duration;
    } catch (IllegalArgumentException e) {
      throw new WrongOption("DURATION: " + e.getMessage() + ".");
    }
  }

  private static long seed(String text) {
    if (text.isEmpty()) {
      // Short enough to be typed again.
      return ThreadLocalRandom.current().nextInt(1, 1_000_000);
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new WrongOption("SEED must be a whole number, not \"" + text + "\".");
    }
  }

  /** A stream, and what has several writers, is without routes and marks. */
  private static Shape shape(Map<String, String> environment, boolean divided) {
    String target = given(environment, "TARGET", "amqp");
    String shape = given(environment, "SHAPE", "");
    if (target.equals("stream") && (shape.isEmpty() || shape.equals(Shape.PLAIN.word()))) {
      return Shape.STREAM;
    }
    if (!target.equals("amqp")) {
      throw new WrongOption(
          "TARGET must be amqp, or stream without a SHAPE, not \"%s\".".formatted(target));
    }
    if (divided && shape.equals(Shape.WIDE.word())) {
      throw new WrongOption(
          "PARTITIONS is for SHAPE=plain: none of several can mark transactions.");
    }
    return shape(shape.isEmpty() ? (divided ? Shape.PLAIN : Shape.WIDE).word() : shape);
  }

  private static Shape shape(String text) {
    return Arrays.stream(Shape.values())
        .filter(shape -> shape != Shape.STREAM && shape.word().equals(text))
        .findFirst()
        .orElseThrow(() -> new WrongOption("SHAPE must be plain or wide, not \"" + text + "\"."));
  }

  private static Optional<Set<FaultKind>> faults(String text) {
    if (text.equals("all")) {
      return Optional.empty();
    }
    Set<FaultKind> named = EnumSet.noneOf(FaultKind.class);
    if (text.equals("none")) {
      return Optional.of(named);
    }
    for (String word : text.split(",")) {
      named.add(FaultKind.of(word.strip()).orElseThrow(() -> unknown(word.strip())));
    }
    return Optional.of(named);
  }

  private static WrongOption unknown(String word) {
    return new WrongOption(
        "FAULTS: \"%s\" is no fault. Take all, none, or some of %s."
            .formatted(
                word,
                Arrays.stream(FaultKind.values())
                    .map(FaultKind::word)
                    .collect(Collectors.joining(", "))));
  }

  static int number(Map<String, String> environment, String name, int otherwise, int most) {
    String text = given(environment, name, Integer.toString(otherwise));
    try {
      int number = Integer.parseInt(text);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, with the range.
    }
    throw new WrongOption(
        "%s must be a whole number from 1 to %d, not \"%s\".".formatted(name, most, text));
  }
}
