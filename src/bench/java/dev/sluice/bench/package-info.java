/**
 * {@code make bench}: Sluice from end to end, beside what its two neighbours allow and beside
 * others who do the same. docs/PERFORMANCE.md says how to read it.
 */
package dev.sluice.bench;
