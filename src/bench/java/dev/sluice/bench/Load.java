package dev.sluice.bench;

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
 * @param settings of Sluice, where they are not the defaults
 */
record Load(
    int sizeBytes,
    int events,
    int window,
    String queueType,
    int lanes,
    int documents,
    Map<String, String> settings) {
  /** Sluice's default, which the loops take over. */
  static final long WINDOW_BYTES = 16L << 20;

  /** Likewise. */
  static final int BATCH = 500;

  Load(int sizeBytes, int events, int window, String queueType) {
    this(sizeBytes, events, window, queueType, 1, 0, Map.of());
  }

  Load withEvents(int number) {
    return new Load(sizeBytes, number, window, queueType, lanes, documents, settings);
  }

  Load withWindow(int number) {
    return new Load(sizeBytes, events, number, queueType, lanes, documents, settings);
  }

  Load withQueue(String type) {
    return new Load(sizeBytes, events, window, type, lanes, documents, settings);
  }

  Load withLanes(int number) {
    return new Load(sizeBytes, events, window, queueType, number, documents, settings);
  }

  /** Changes of so many documents only, which have to stay in order. */
  Load withDocuments(int number) {
    return new Load(sizeBytes, events, window, queueType, lanes, number, settings);
  }

  Load with(String setting, String value) {
    return new Load(sizeBytes, events, window, queueType, lanes, documents, Map.of(setting, value));
  }

  /** What is carried, and by which settings. */
  String changesText() {
    String changes =
        documents == 0
            ? "documents"
            : "changes of " + documents + (documents == 1 ? " document" : " documents");
    return settings.isEmpty() ? changes : changes + ", " + settingsText();
  }

  /** As they stand in a .env file. */
  String settingsText() {
    return settings.entrySet().stream()
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
