package dev.sluice.bench;

import java.util.OptionalDouble;

/**
 * What one contender needed for one backlog.
 *
 * @param firstMillis from the start of its process until its first message was in the queue
 * @param totalSeconds from the start to the last
 * @param steadyPerSecond between 20 and 90 % of them
 * @param cpuPer100k CPU seconds of its process for 100,000 events, start-up included
 * @param cpuPer100kFromFirst the same from the first message on
 * @param peakMegabytes the most memory it had resident
 * @param bytesPerEvent allocated on its heap in the steady part; nothing if that cannot be told
 * @param pauseMillis all its pauses for garbage collection; nothing if it is no JVM
 */
record DrainFigures(
    double firstMillis,
    double totalSeconds,
    double steadyPerSecond,
    double cpuPer100k,
    double cpuPer100kFromFirst,
    double peakMegabytes,
    OptionalDouble bytesPerEvent,
    OptionalDouble pauseMillis) {}
