package dev.sluice.bench;

/**
 * What is carried, and how.
 *
 * @param sizeBytes of each document, about
 * @param events of the backlog
 * @param window events that may be unconfirmed at once
 * @param queueType as RabbitMQ calls it
 * @param lanes of Sluice; with more than one, different documents may overtake one another
 * @param documents of which the events are changes, in turns; 0 if each event inserts its own
 * @param order of Sluice: strict or position
 */
record Load(
    int sizeBytes,
    int events,
    int window,
    String queueType,
    int lanes,
    int documents,
    String order) {
  /** Sluice's default, which the loops take over. */
  static final long WINDOW_BYTES = 16L << 20;

  /** Likewise. */
  static final int BATCH = 500;

  Load(int sizeBytes, int events, int window, String queueType) {
    this(sizeBytes, events, window, queueType, 1, 0, "strict");
  }

  Load withEvents(int number) {
    return new Load(sizeBytes, number, window, queueType, lanes, documents, order);
  }

  Load withWindow(int number) {
    return new Load(sizeBytes, events, number, queueType, lanes, documents, order);
  }

  Load withQueue(String type) {
    return new Load(sizeBytes, events, window, type, lanes, documents, order);
  }

  Load withLanes(int number) {
    return new Load(sizeBytes, events, window, queueType, number, documents, order);
  }

  /** Changes of so many documents only, which have to stay in order. */
  Load withDocuments(int number, String kept) {
    return new Load(sizeBytes, events, window, queueType, lanes, number, kept);
  }

  String changesText() {
    return documents == 0
        ? "documents"
        : "changes of "
            + documents
            + (documents == 1 ? " document" : " documents")
            + ", order "
            + order;
  }

  String sizeText() {
    return sizeText(sizeBytes);
  }

  static String sizeText(int bytes) {
    return bytes >= 1024 ? bytes / 1024 + " KB" : bytes + " B";
  }
}
