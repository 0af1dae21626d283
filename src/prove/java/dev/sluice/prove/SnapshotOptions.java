package dev.sluice.prove;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What a run with {@code SNAPSHOT=1} is told, by make variables or the environment.
 *
 * @param documents in the collection before the pipeline starts
 * @param killEvery how long a process of the pipeline lives, about
 * @param load seed, writers, rate and instances, as of any run
 */
record SnapshotOptions(int documents, Duration killEvery, ProveOptions load) {

  /** Enough for a snapshot that outlives several processes. */
  private static final int USUAL_DOCUMENTS = 200_000;

  private static final int MOST_DOCUMENTS = 20_000_000;

  /** A start takes two seconds, and what it reads before it dies should be worth something. */
  private static final int USUAL_LIFE_SECONDS = 4;

  private static final int LONGEST_LIFE_SECONDS = 3_600;

  static boolean wanted(Map<String, String> environment) {
    return environment.getOrDefault("SNAPSHOT", "").strip().equals("1");
  }

  static SnapshotOptions read(Map<String, String> environment) {
    if (ProveOptions.read(environment).partitions() > 1) {
      throw new ProveOptions.WrongOption(
          "PARTITIONS is for a run without SNAPSHOT: a copy is held against all documents.");
    }
    Map<String, String> load = new HashMap<>(environment);
    // With more writes than this a busy machine shows the writers and not the snapshot.
    load.merge("RATE", "500", (given, usual) -> given.isBlank() ? usual : given);
    // What a wide scope adds is proved without a snapshot.
    load.put("SHAPE", Shape.PLAIN.word());
    return new SnapshotOptions(
        ProveOptions.number(environment, "DOCUMENTS", USUAL_DOCUMENTS, MOST_DOCUMENTS),
        Duration.ofSeconds(
            ProveOptions.number(
                environment, "KILL_EVERY", USUAL_LIFE_SECONDS, LONGEST_LIFE_SECONDS)),
        ProveOptions.read(load));
  }
}
