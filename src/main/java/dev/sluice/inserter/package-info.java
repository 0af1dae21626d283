/**
 * The test inserter: plays scrabble into a collection, at a rate, in a mix of operations, the same
 * again for the same seed. Knows MongoDB and nothing of the pipeline.
 */
package dev.sluice.inserter;
