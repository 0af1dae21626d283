/**
 * Spans of what is published and applied, batch by batch: the port to what makes them, and the
 * publisher that tells of its batches. Who makes them lies in a package and a jar of their own.
 */
package dev.sluice.trace;
