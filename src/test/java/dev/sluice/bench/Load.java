package dev.sluice.bench;

/**
 * What is carried, and how.
 *
 * @param sizeBytes of each document, about
 * @param events of the backlog
 * @param window events that may be unconfirmed at once
 * @param queueType as RabbitMQ calls it
 */
record Load(int sizeBytes, int events, int window, String queueType) {
  /** Sluice's default, which the loops take over. */
  static final long WINDOW_BYTES = 16L << 20;

  /** Likewise. */
  static final int BATCH = 500;

  Load withEvents(int number) {
    return new Load(sizeBytes, number, window, queueType);
  }

  Load withWindow(int number) {
    return new Load(sizeBytes, events, number, queueType);
  }

  Load withQueue(String type) {
    return new Load(sizeBytes, events, window, type);
  }

  String sizeText() {
    return sizeText(sizeBytes);
  }

  static String sizeText(int bytes) {
    return bytes >= 1024 ? bytes / 1024 + " KB" : bytes + " B";
  }
}
