/**
 * The documents that were there before, beside the stream: which part of which collection is still
 * to be read, which documents have changed meanwhile, and how what was read is put between two
 * changes of the stream. A state machine without threads and servers; docs/decisions/0011 has the
 * proof that it is right.
 */
package dev.sluice.snapshot;
