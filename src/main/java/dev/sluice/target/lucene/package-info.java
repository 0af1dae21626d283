/**
 * A search index in a directory, by Lucene: what is written, and how it is asked. Knows nothing of
 * queues.
 */
package dev.sluice.target.lucene;
