package dev.sluice.bench;

import dev.sluice.testing.ProcessCost;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What the servers have cost so far: RabbitMQ's nodes that this harness has started, and the
 * harness itself, in which the embedded replica set lives. Of servers elsewhere nothing is known.
 */
final class ServerCost {
  /** Erlang's virtual machine, as which RabbitMQ runs. */
  private static final String NODE = "beam.smp";

  private final List<ProcessHandle> nodes =
      ProcessHandle.current().descendants().filter(ServerCost::isNode).toList();

  private double broker;
  private double harness;

  /** CPU seconds of RabbitMQ; nothing if it is not ours. */
  OptionalDouble broker() {
    return nodes.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(nodes.stream().mapToDouble(ServerCost::seconds).sum() - broker);
  }

  /** CPU seconds of this process. */
  double harness() {
    return ProcessCost.cpuSeconds(ProcessHandle.current().pid()) - harness;
  }

  /** Counts from now on. */
  static ServerCost fromNow() {
    ServerCost cost = new ServerCost();
    cost.broker = cost.broker().orElse(0);
    cost.harness = cost.harness();
    return cost;
  }

  /** By its arguments: an unpacked one is started by a loader, so that the program is that. */
  private static boolean isNode(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
          .contains(NODE);
    } catch (IOException gone) {
      return false;
    }
  }

  /** In nanoseconds where the system tells, thread by thread; else in its hundredths. */
  private static double seconds(ProcessHandle process) {
    Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
    try (Stream<Path> each = Files.list(threads)) {
      double nanos =
          each.map(thread -> thread.resolve("schedstat")).mapToLong(ServerCost::nanos).sum();
      return nanos > 0 ? nanos / 1e9 : ProcessCost.cpuSeconds(process.pid());
    } catch (IOException | UncheckedIOException gone) {
      return 0;
    }
  }

  /** The threads of a node live as long as it does. */
  private static long nanos(Path schedstat) {
    try {
      String text = Files.readString(schedstat);
      return Long.parseLong(text.substring(0, text.indexOf(' ')));
    } catch (IOException gone) {
      return 0;
    }
  }
}
