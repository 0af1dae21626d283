package dev.sluice.bench;

/**
 * What is carried, and how.
 *
 * @param sizeBytes of each document, about
 * @param events of the backlog
 * @param window events that may be unconfirmed at once
 * @param queueType as RabbitMQ calls it
 * @param lanes of Sluice; with more than one, different documents may overtake one another
 */
record Load(int sizeBytes, int events, int window, String queueType, int lanes) {
  /** Sluice's default, which the loops take over. */
  static final long WINDOW_BYTES = 16L << 20;

  /** Likewise. */
  static final int BATCH = 500;

  Load withEvents(int number) {
    return new Load(sizeBytes, number, window, queueType, lanes);
  }

  Load withWindow(int number) {
    return new Load(sizeBytes, events, number, queueType, lanes);
  }

  Load withQueue(String type) {
    return new Load(sizeBytes, events, window, type, lanes);
  }

  Load withLanes(int number) {
    return new Load(sizeBytes, events, window, queueType, number);
  }

  String sizeText() {
    return sizeText(sizeBytes);
  }

  static String sizeText(int bytes) {
    return bytes >= 1024 ? bytes / 1024 + " KB" : bytes + " B";
  }
}
