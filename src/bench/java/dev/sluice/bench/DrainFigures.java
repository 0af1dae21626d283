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
 * @param cpuPer100kSteady the same between 20 and 90 % of them
 * @param peakMegabytes the most memory it had resident
 * @param bytesPerEvent allocated on its heap in the steady part; nothing if that cannot be told
 * @param pauseMillis all its pauses for garbage collection; nothing if it is no JVM
 * @param brokerCpuPer100k CPU seconds of RabbitMQ's for 100,000 events; nothing if it is not ours
 * @param harnessCpuPer100k the same of the harness, in which the embedded replica set lives
 * @param monitorCpuPer100k the same of those threads of the contender that serve SLUICE_HTTP
 */
record DrainFigures(
    double firstMillis,
    double totalSeconds,
    double steadyPerSecond,
    double cpuPer100k,
    double cpuPer100kFromFirst,
    double cpuPer100kSteady,
    double peakMegabytes,
    OptionalDouble bytesPerEvent,
    OptionalDouble pauseMillis,
    OptionalDouble brokerCpuPer100k,
    double harnessCpuPer100k,
    double monitorCpuPer100k) {}
