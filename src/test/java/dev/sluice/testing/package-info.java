/**
 * The fixtures: real servers where there are any, and the faults that tests put between Sluice and
 * them. Each fixture takes free ports and fresh names, so that test classes can run side by side.
 */
package dev.sluice.testing;
