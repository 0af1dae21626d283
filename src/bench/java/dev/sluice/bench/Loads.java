package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Which loads each mode looks at. */
final class Loads {
  private static final int USUAL_WINDOW = 2_000;
  private static final String USUAL_QUEUE = "quorum";

  /** So many that none waits for its predecessor: more than fit into the window. */
  private static final int MANY_DOCUMENTS = 5_000;

  private Loads() {}

  /**
   * @param broker the RabbitMQ that is meant, where it is not the only one; else empty
   */
  static List<Load> of(BenchOptions options, String broker) throws IOException {
    int size = options.sizes().get(0);
    Load usual = new Load(size, options.eventsOf(size), USUAL_WINDOW, USUAL_QUEUE).at(broker);
    return switch (options.mode()) {
      case BACKLOG ->
          List.of(usual.withEvents(10_000), usual.withEvents(100_000), usual.withEvents(1_000_000));
      case WINDOW ->
          List.of(1, 4, 16, 64, 256, 1_024, 4_096).stream()
              // One at a time is slow, and needs no long run to show it.
              .map(
                  window ->
                      usual.withEvents(Math.min(usual.events(), 5_000 * window)).withWindow(window))
              .toList();
      // One after the other is slow, and needs no long run to show it.
      case HOT ->
          List.of(
              usual.withDocuments(1).withEvents(Math.min(usual.events(), 5_000)),
              usual.withDocuments(100),
              usual.withDocuments(1).with(Map.of("SLUICE_ORDER", "position")));
      case HEADERS ->
          List.of("all", "minimal", "none").stream()
              .map(which -> usual.with(Map.of("SLUICE_HEADERS", which)))
              .toList();
      case VIEWS -> views(usual);
      case LANES -> List.of(1, 2, 4).stream().map(usual::withLanes).toList();
      case PARTITIONS -> List.of(1, 2, 4, 8).stream().map(usual::withPartitions).toList();
      case QUEUES -> List.of("classic", "quorum", "stream").stream().map(usual::withQueue).toList();
      default ->
          options.sizes().stream()
              .map(each -> new Load(each, options.eventsOf(each), USUAL_WINDOW, USUAL_QUEUE))
              .map(each -> each.at(broker))
              .toList();
    };
  }

  /**
   * Of replaces, since an insert has no old image; the first is what the others are compared with.
   */
  private static List<Load> views(Load usual) throws IOException {
    Load replaces = usual.withDocuments(MANY_DOCUMENTS);
    return List.of(
        replaces,
        replaces.with(Map.of("SLUICE_VIEW", "KEYS_ONLY")),
        replaces.with(Map.of("SLUICE_VIEW", "OLD_IMAGE")),
        replaces.with(Map.of("SLUICE_VIEW", "NEW_AND_OLD_IMAGES")),
        replaces.with(Map.of("SLUICE_FIELDS_MASK", "player,board.row,moves.points,moves.seconds")),
        replaces.with(
            Map.of(
                "SLUICE_FIELDS_HASH",
                "player",
                "SLUICE_FIELDS_HASH_KEY_FILE",
                hashKey().toString())),
        replaces.with(Map.of("SLUICE_COMPRESSION", "gzip")),
        replaces.with(Map.of("SLUICE_COMPRESSION", "zstd")));
  }

  /** Hides nothing from anybody: the documents are the benchmark's own. */
  private static Path hashKey() throws IOException {
    Path file = Files.createTempFile("sluice-bench", ".key");
    file.toFile().deleteOnExit();
    return Files.writeString(file, "0123456789abcdef");
  }
}
