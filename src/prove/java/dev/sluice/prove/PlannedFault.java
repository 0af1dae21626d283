package dev.sluice.prove;

import java.time.Duration;

/**
 * A fault of the schedule.
 *
 * @param at how long after the start of the load it strikes
 * @param lasts how long it is left in force; nothing for one that is over when it has struck
 * @param seed of whatever else about it is chance
 */
record PlannedFault(FaultKind kind, Duration at, Duration lasts, long seed) {}
