package dev.sluice.prove;

/**
 * A write and the moment at which its event first came out of the queue.
 *
 * @param at by {@link System#nanoTime}
 */
record Landing(AttemptedWrite write, long at) {}
