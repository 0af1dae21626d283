package dev.sluice.prove;

import dev.sluice.config.Partition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one process of a run does, and which machine it is on. What is on one machine is killed,
 * paused and stopped together.
 *
 * @param machine from 1
 * @param partition whose changes it carries, or stands by for
 * @param environment its settings
 */
record Post(int machine, Partition partition, Map<String, String> environment) {
  /** Each partition is run at one machine, and there is one that stands by at another. */
  private static final int CONTENDERS = 2;

  Post {
    environment = Map.copyOf(environment);
  }

  /**
   * Of one pipeline, a process at each machine. Of several, all of which at every machine would be
   * more than a test bears, two of each, spread so that the loss of a machine is shared by the
   * others.
   *
   * @param environment the settings that all have
   */
  static List<Post> of(ProveOptions options, Map<String, String> environment) {
    int machines = options.instances();
    int contenders = options.partitions() == 1 ? machines : Math.min(CONTENDERS, machines);
    List<Post> posts = new ArrayList<>();
    for (int number = 0; number < options.partitions(); number++) {
      Partition partition = new Partition(number, options.partitions());
      for (int i = 0; i < contenders; i++) {
        posts.add(
            new Post((number + i) % machines + 1, partition, settings(partition, environment)));
      }
    }
    return posts;
  }

  /** Each message says who published it: the pipelines tell nobody by themselves. */
  private static Map<String, String> settings(
      Partition partition, Map<String, String> environment) {
    if (partition.isWhole()) {
      return environment;
    }
    Map<String, String> settings = new HashMap<>(environment);
    settings.put("SLUICE_PARTITION", partition.number() + "/" + partition.of());
    settings.put(
        "SLUICE_HEADERS_FROM",
        "{\"%s\": \"%d\"}".formatted(Arrival.PARTITION_HEADER, partition.number()));
    return settings;
  }

  /** As the logs and the report call it. */
  String name() {
    return partition.isWhole()
        ? Integer.toString(machine)
        : machine + "-partition-" + partition.number();
  }
}
