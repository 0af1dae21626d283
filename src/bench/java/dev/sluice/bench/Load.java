package dev.sluice.bench;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What is carried, and how.
 *
 * @param sizeBytes of each document, about
 * @param events of the backlog
 * @param window events that may be unconfirmed at once
 * @param queueType as RabbitMQ calls it
 * @param lanes of Sluice; with more than one, different documents may overtake one another
 * @param documents of which the events are changes, in turns; 0 if each event inserts its own
 * @param partitions of Sluice, each a process
 * @param settings of Sluice, where they are not the defaults
 * @param broker the RabbitMQ that is meant, where it is not the only one; else empty
 */
record Load(
    int sizeBytes,
    int events,
    int window,
    String queueType,
    int lanes,
    int documents,
    int partitions,
    Map<String, String> settings,
    String broker) {
  /** A type of queues, and what the stream protocol publishes to. */
  static final String STREAM = "stream";

  /** Sluice's default, which the loops take over. */
  static final long WINDOW_BYTES = 16L << 20;

  /** Likewise. */
  static final int BATCH = 500;

  Load(int sizeBytes, int events, int window, String queueType) {
    this(sizeBytes, events, window, queueType, 1, 0, 1, Map.of(), "");
  }

  Load withEvents(int number) {
    return new Load(
        sizeBytes, number, window, queueType, lanes, documents, partitions, settings, broker);
  }

  Load withWindow(int number) {
    return new Load(
        sizeBytes, events, number, queueType, lanes, documents, partitions, settings, broker);
  }

  Load withQueue(String type) {
    return new Load(
        sizeBytes, events, window, type, lanes, documents, partitions, settings, broker);
  }

  Load withLanes(int number) {
    return new Load(
        sizeBytes, events, window, queueType, number, documents, partitions, settings, broker);
  }

  /** Changes of so many documents only, which have to stay in order. */
  Load withDocuments(int number) {
    return new Load(
        sizeBytes, events, window, queueType, lanes, number, partitions, settings, broker);
  }

  Load withPartitions(int number) {
    return new Load(
        sizeBytes, events, window, queueType, lanes, documents, number, settings, broker);
  }

  Load with(Map<String, String> those) {
    return new Load(
        sizeBytes, events, window, queueType, lanes, documents, partitions, those, broker);
  }

  Load at(String which) {
    return new Load(
        sizeBytes, events, window, queueType, lanes, documents, partitions, settings, which);
  }

  /** Whether the number of an event can be read in the body of its message. */
  boolean showsNumbers() {
    return settings.getOrDefault("SLUICE_COMPRESSION", "none").equals("none")
        && !List.of("KEYS_ONLY", "OLD_IMAGE").contains(settings.getOrDefault("SLUICE_VIEW", ""));
  }

  /** Whether the events of different documents keep their order. */
  boolean keepsOrder() {
    return lanes == 1 && partitions == 1;
  }

  /** Whether old images are wanted of the documents. */
  boolean wantsImages() {
    return settings.getOrDefault("SLUICE_VIEW", "").contains("OLD");
  }

  /** What is carried, and by which settings. */
  String changesText() {
    String changes =
        documents == 0
            ? "documents"
            : "changes of " + documents + (documents == 1 ? " document" : " documents");
    return (settings.isEmpty() ? changes : changes + ", " + settingsText())
        + (partitions == 1 ? "" : ", " + partitions + " partitions")
        + (broker.isEmpty() ? "" : ", " + broker);
  }

  /** As they stand in a .env file; where a key is kept is of no interest. */
  String settingsText() {
    return settings.entrySet().stream()
        .filter(setting -> !setting.getKey().endsWith("_KEY_FILE"))
        .map(setting -> setting.getKey() + "=" + setting.getValue())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  String sizeText() {
    return sizeText(sizeBytes);
  }

  static String sizeText(int bytes) {
    return bytes >= 1024 ? bytes / 1024 + " KB" : bytes + " B";
  }
}
