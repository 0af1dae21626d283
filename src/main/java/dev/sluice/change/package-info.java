/**
 * The vocabulary: a change event, its operation, namespace, resume token and identity, and the
 * positions a stream can start from. Plain values that know nothing of drivers, threads or JSON.
 */
package dev.sluice.change;
