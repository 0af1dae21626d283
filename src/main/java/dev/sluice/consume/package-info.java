/**
 * The other half: reads the queue and keeps a target in step, exactly right at the end whatever is
 * repeated, killed or restarted. {@link dev.sluice.consume.Consumption} is the loop, {@link
 * dev.sluice.consume.Target} the port to what is kept, {@link dev.sluice.consume.Inbox} the port to
 * the queue.
 *
 * <p>It knows messages and changes, and neither a store nor the broker's client. docs/TARGETS.md
 * says what it promises.
 */
package dev.sluice.consume;
