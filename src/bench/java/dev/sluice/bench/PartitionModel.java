package dev.sluice.bench;

/**
 * What several partitions would carry, by plain arithmetic from what one event costs each part:
 * each reader costs MongoDB and its process the reading of every event, and the rest is divided.
 *
 * <p>Nothing is said of disks, networks, locks or of what one queue takes: these are limits of
 * their own, below which the cores are.
 *
 * @param serverMicros CPU time in microseconds that MongoDB needs to send an event to one reader
 * @param readMicros that a process needs for an event which it throws away
 * @param workMicros that a process needs besides for an event of its own, up to its confirm
 * @param brokerMicros that RabbitMQ needs for a message
 */
record PartitionModel(
    double serverMicros, double readMicros, double workMicros, double brokerMicros) {
  private static final double MICROS = 1e6;

  PartitionModel {
    if (serverMicros <= 0 || readMicros <= 0 || workMicros <= 0 || brokerMicros <= 0) {
      throw new IllegalArgumentException(
          "costs must be above zero: %s, %s, %s, %s"
              .formatted(serverMicros, readMicros, workMicros, brokerMicros));
    }
  }

  /** Events a second where all parts share these cores. */
  double together(int partitions, double cores) {
    double event = partitions * (serverMicros + readMicros) + workMicros + brokerMicros;
    return cores * MICROS / event;
  }

  /**
   * Events a second where each part has its own cores: as many as the part with the least room
   * takes.
   *
   * @param processCores of each process
   */
  double apart(int partitions, double serverCores, double processCores, double brokerCores) {
    return MICROS
        * Math.min(
            serverCores / (partitions * serverMicros),
            Math.min(
                processCores / (readMicros + workMicros / partitions), brokerCores / brokerMicros));
  }

  /** Which part that is. */
  String limit(int partitions, double serverCores, double processCores, double brokerCores) {
    double server = serverCores / (partitions * serverMicros);
    double process = processCores / (readMicros + workMicros / partitions);
    double broker = brokerCores / brokerMicros;
    if (server <= process && server <= broker) {
      return "MongoDB";
    }
    return process <= broker ? "each process" : "RabbitMQ";
  }
}
