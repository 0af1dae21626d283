package dev.sluice.prove;

import java.util.Optional;

/**
 * A fault as it happened.
 *
 * @param struckAt when it began, by {@link System#nanoTime}
 * @param liftedAt when its cause was gone; for one that only happens, when it had happened
 * @param detail what chance chose
 * @param failure why it could not be brought about or ended, if so
 */
record FaultRecord(
    PlannedFault planned, long struckAt, long liftedAt, String detail, Optional<String> failure) {}
