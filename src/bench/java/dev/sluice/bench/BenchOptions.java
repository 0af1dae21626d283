package dev.sluice.bench;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a run is told, by make variables or the environment.
 *
 * @param rounds of backlogs, after one for warming up
 * @param events of a backlog; fewer of large documents, see {@link #eventsOf}
 * @param sizes of documents, in bytes
 * @param contenders those who are wanted, here or not
 * @param liveRounds how often latency is measured; 0 for not at all
 * @param liveSeconds how long at each rate
 * @param heap of Sluice and of the loops, as -Xmx takes it, where it is not to be the shipped one
 * @param jvm more options for Sluice's JVM, as a profiler needs them
 * @param loopJvm the same for the JVM of the loops
 */
record BenchOptions(
    Mode mode,
    int rounds,
    int events,
    List<Integer> sizes,
    Set<Contender> contenders,
    int liveRounds,
    int liveSeconds,
    Optional<String> heap,
    List<String> jvm,
    List<String> loopJvm) {

  /** What is looked at. */
  enum Mode {
    /** Backlogs of one size and latency. */
    USUAL,
    /** That the harness works, within a minute. */
    SMOKE,
    /** Backlogs of growing length. */
    BACKLOG,
    /** Documents of growing size. */
    SIZES,
    /** Windows of growing size. */
    WINDOW,
    /** Changes of few documents, again and again. */
    HOT,
    /** What headers cost. */
    HEADERS,
    /** By the stream protocol, beside Debezium Server. */
    STREAMS,
    /** Each RabbitMQ that is installed. */
    VERSIONS,
    /** Views, hidden fields and compression. */
    VIEWS,
    /** Sluice as several processes. */
    PARTITIONS,
    /** Sluice over several channels. */
    LANES,
    /** The types of queues. */
    QUEUES,
    /** What it costs to be watched. */
    MONITOR,
    /** Latency alone. */
    LIVE,
    /** The copy of what is there, and what it does to latency. */
    SNAPSHOT,
    /** What each property and header costs RabbitMQ. */
    PROPERTIES,
    /** Which objects an event is made of. */
    OBJECTS,
    /** Targets of consumers. */
    CONSUME
  }

  /** An option that cannot be what it says; the message is for whoever typed it. */
  static final class WrongOption extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongOption(String message) {
      super(message);
    }
  }

  /** A backlog of larger documents is shorter: it has to fit the servers' memory and the time. */
  private static final long BACKLOG_BYTES = 256L << 20;

  private static final int LARGEST = 15 << 20;

  static BenchOptions read(Map<String, String> environment) {
    Mode mode = mode(given(environment, "BENCH", "usual"));
    boolean smoke = mode == Mode.SMOKE;
    boolean live = mode == Mode.USUAL || mode == Mode.LIVE || mode == Mode.SNAPSHOT || smoke;
    return new BenchOptions(
        mode,
        number(environment, "ROUNDS", usualRounds(mode), 1, 1_000),
        number(environment, "EVENTS", smoke ? 2_000 : usualEvents(mode), 1, 10_000_000),
        sizes(given(environment, "SIZES", mode == Mode.SIZES ? "300,1024,16384,262144" : "1024")),
        contenders(given(environment, "CONTENDERS", usualContenders(mode))),
        live ? number(environment, "LIVE_ROUNDS", smoke ? 1 : 3, 0, 1_000) : 0,
        number(environment, "LIVE_SECONDS", smoke ? 1 : 4, 1, 3_600),
        Optional.of(given(environment, "HEAP", "")).filter(heap -> !heap.isEmpty()),
        words(given(environment, "BENCH_JVM", "")),
        words(given(environment, "BENCH_LOOP_JVM", "")));
  }

  private static int usualRounds(Mode mode) {
    return switch (mode) {
      case SMOKE, LIVE -> 1;
      case STREAMS, VERSIONS, VIEWS, CONSUME -> 3;
      case PARTITIONS -> 2;
      // A hundredth is to be told from none.
      case MONITOR -> 12;
      case PROPERTIES -> 20;
      default -> 5;
    };
  }

  /**
   * A collection is longer than a backlog, and must outlast a look at latency; and what the first
   * answer costs once is not to be taken for what an event costs.
   */
  private static int usualEvents(Mode mode) {
    return switch (mode) {
      case SNAPSHOT -> 200_000;
      // With fewer the rounds are over before the compiler is.
      case CONSUME, MONITOR, STREAMS -> 100_000;
      // Of each set in each round, of which there are many instead.
      case PROPERTIES -> 3_000;
      default -> 50_000;
    };
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.split(" ")).filter(word -> !word.isEmpty()).toList();
  }

  private static String usualContenders(Mode mode) {
    return switch (mode) {
      case SMOKE -> "all";
      case USUAL -> "source,sink,bare,labelled,sluice,pipe,python,debezium";
      case STREAMS -> "sink,bare,sluice,debezium,sink-stream,bare-stream,sluice-stream";
      case VERSIONS -> "bare,sluice,bare-stream,sluice-stream";
      case PARTITIONS -> "source,bare,sluice";
      case SIZES -> "source,sink,bare,sluice,pipe";
      case HEADERS -> "bare,labelled,sluice";
      case QUEUES -> "sink,bare,sluice";
      case SNAPSHOT -> "all";
      case MONITOR -> "sluice,counted,watched";
      case OBJECTS -> "sluice,sluice-stream";
      default -> "bare,sluice";
    };
  }

  /** How many documents of this size make a backlog. */
  int eventsOf(int size) {
    return (int) Math.max(1, Math.min(events, BACKLOG_BYTES / size));
  }

  /** make passes on what is not given as nothing. */
  private static String given(Map<String, String> environment, String name, String otherwise) {
    String value = environment.getOrDefault(name, "").strip();
    return value.isEmpty() ? otherwise : value;
  }

  private static Mode mode(String text) {
    return Arrays.stream(Mode.values())
        .filter(mode -> mode.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new WrongOption(
                    "BENCH must be one of %s, not \"%s\"."
                        .formatted(Arrays.toString(Mode.values()).toLowerCase(Locale.ROOT), text)));
  }

  private static List<Integer> sizes(String text) {
    return Arrays.stream(text.split(","))
        .map(String::strip)
        .map(size -> whole("SIZES", size, 1, LARGEST))
        .toList();
  }

  private static Set<Contender> contenders(String text) {
    if (text.equals("all")) {
      // Monitored it is one more Sluice, and of interest beside the other alone.
      return EnumSet.complementOf(EnumSet.of(Contender.COUNTED, Contender.WATCHED));
    }
    Set<Contender> named = EnumSet.noneOf(Contender.class);
    for (String word : text.split(",")) {
      named.add(
          Arrays.stream(Contender.values())
              .filter(contender -> contender.word().equals(word.strip()))
              .findFirst()
              .orElseThrow(() -> unknown(word.strip())));
    }
    return named;
  }

  private static WrongOption unknown(String word) {
    return new WrongOption(
        "CONTENDERS: \"%s\" is none. Take all, or some of %s."
            .formatted(
                word,
                Arrays.stream(Contender.values())
                    .map(Contender::word)
                    .collect(Collectors.joining(", "))));
  }

  private static int number(
      Map<String, String> environment, String name, int otherwise, int least, int most) {
    return whole(name, given(environment, name, Integer.toString(otherwise)), least, most);
  }

  private static int whole(String name, String text, int least, int most) {
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, with the range.
    }
    throw new WrongOption(
        "%s must be a whole number from %d to %d, not \"%s\".".formatted(name, least, most, text));
  }
}
